"""A walk through a game: what a plan says is done, step by step, under the eyes of a judge and of inspectors."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from server.games import chance, match
from server.games import table_events as ev
from server.games.rules import Command, Context, Event, Game, PlayerId, Refusal, State, Viewer
from server.games.table import Status, config_data
from server.testing import plans
from server.testing.judge import Judge
from server.testing.plans import Plan, Step
from server.wire.from_client import command_data

LEGAL = "what is offered is legal"
GAME_ID = "01932f00-0000-7000-8000-00000000c0de"
STRANGER = "00000000-0000-7000-8000-999999999999"
"""Somebody who is logged in and has no seat."""

Answer = tuple[Event, ...] | Refusal
Redo = Callable[[State[Any]], Answer]
"""Asks another state the question that this step asked."""


class Inspector(Protocol):
    """Looks at a game after every step that is watched."""

    def look(self, walk: Walk, before: State[Any], events: list[Event], redo: Redo) -> None:
        """`events`: those of the step and all that followed at once; `walk.state` is the state after them."""


class Walk:
    """`state` now, `log`: all events, `players`: everybody who was seated at the start. `mover`: whose command the step
    was, if it was one."""

    def __init__(self, game: Game[Any], plan: Plan, inspectors: Sequence[Inspector] = ()) -> None:
        self.game = game
        self.judge = Judge(game, plan.seed)
        self.log: list[Event] = []
        self.players = tuple(player_id(seat) for seat in range(plan.players))
        self.plan = plan
        self.mover: PlayerId | None = None
        self._inspectors = inspectors
        self._number = 0
        opening = opened(game, plan, self.judge.ctx)
        self.judge.history.append(
            f"{plan.players} players, {plan.bots} of them bots, {plan.config or 'default settings'}"
        )
        self.state = match.begin(game, opening[0])
        self.log.append(opening[0])
        self._happen(opening[1:], lambda _: opening[1:])

    @property
    def over(self) -> bool:
        return self.state.table.is_over

    def run(self) -> None:
        """Do what the plan says, as long as the game lasts."""
        for step in self.plan.steps:
            if self.over:
                return
            self._number += 1
            self.judge.ctx = replace(self.judge.ctx, now_ms=self.judge.ctx.now_ms + 1000)
            self._step(step)

    def movers(self) -> list[tuple[PlayerId, tuple[Command, ...]]]:
        """Those whose move it is and whose moves can be listed."""
        deadline = self.judge.deadline(self.state)
        waited = () if deadline is None else deadline.player_ids
        listed = [(who, self.judge.actions(self.state, who)) for who in waited]
        return [(who, actions) for who, actions in listed if actions]

    def move(self, a: int, b: int) -> None:
        """Somebody takes a legal action; if nobody can, time passes."""
        movers = self.movers()
        if not movers:
            self.time()
            return
        who, actions = movers[a % len(movers)]
        self.command(who, actions[b % len(actions)], offered=True)

    def time(self) -> None:
        """The time is up."""
        if self.judge.deadline(self.state) is not None:
            self._note("the time is up")
            self._happen(self.judge.expire(self.state), lambda state: self.game.expire(state, self.judge.ctx))

    def command(self, who: PlayerId, command: Command, *, offered: bool = False) -> None:
        """Somebody sends a command; `offered`: it is one that the game has listed."""
        data = command_data(command)
        self._note(f"{called(who)}: {data['name']} {json.dumps(data['args'], default=repr)}")
        decision = self.judge.decide(self.state, who, command)
        if not isinstance(decision, Refusal):
            self.mover = who
            self._happen(decision, lambda state: self.game.decide(state, who, command, self.judge.ctx))
            self.mover = None
            return
        self._note(f"    refused: {decision.code}, {decision.message}")
        if offered:
            raise self.judge.broken(LEGAL, f"{command} was listed by actions and refused by decide")

    def _step(self, step: Step) -> None:
        kind, a, b = step
        here = [p for p in self.state.table.seated() if p.status is not Status.LEFT]
        if kind == plans.MOVE:
            self.move(a, b)
        elif kind == plans.PLAY_ON:
            self.play_on(a % 20 + 1, b)
        elif kind == plans.TIME:
            self.time()
        elif kind == plans.RETURN:
            self._return(a)
        elif here:
            player = here[a % len(here)]
            if kind in (plans.FORGE, plans.STEAL):
                self._wrong(kind, player.player_id, a, b)
            elif kind == plans.LEAVE:
                self._fact(ev.PlayerLeft(player.player_id))
            elif player.status is Status.ACTIVE and not player.is_bot:
                self._fact(ev.PlayerDisconnected(player.player_id))

    def play_on(self, moves: int, b: int) -> None:
        """So many moves that nobody watches."""
        with self.judge.at_ease():
            for number in range(moves):
                if not self.over:
                    self.move(number, b + 7 * number)

    def _wrong(self, kind: str, who: PlayerId, a: int, b: int) -> None:
        """A command that nobody has offered to this player."""
        movers = self.movers()
        if kind == plans.STEAL and movers:
            mine, actions = movers[b % len(movers)]
            others = [actions] if mine != who else [actions for other, actions in movers if other != who]
            if others:
                self.command(who, others[0][a % len(others[0])])
        elif self.game.commands:
            texts = {
                value for _, actions in movers for action in actions for value in command_data(action)["args"].values()
            }
            words = (*self.players, *sorted(text for text in texts if isinstance(text, str)))
            self.command(who, plans.made_up(self.game.commands[b % len(self.game.commands)], 100 * a + b, words))

    def _return(self, a: int) -> None:
        away = [p for p in self.state.table.seated() if p.status is not Status.ACTIVE]
        if away:
            self._fact(ev.PlayerReconnected(away[a % len(away)].player_id))

    def _fact(self, event: Event) -> None:
        self._note(f"{event}")
        self._happen((event,), lambda _: (event,))

    def _happen(self, events: Sequence[Event], redo: Redo) -> None:
        before = self.state
        self.state, happened = self.judge.settle(before, events)
        self.log += happened
        self._note(f"    {', '.join(event.name for event in happened)}")
        if self.judge.strict:
            for inspector in self._inspectors:
                inspector.look(self, before, happened, redo)

    def _note(self, text: str) -> None:
        self.judge.history.append(text if len(text) <= 200 else text[:199] + "…")


def player_id(seat: int) -> PlayerId:
    """Who sits there in every walk."""
    return f"00000000-0000-7000-8000-{seat:012d}"


def called(who: Viewer) -> str:
    """In words, who that is in a walk."""
    if who is None:
        return "a spectator"
    return "a stranger" if who == STRANGER else f"player {int(who[-12:])}"


def opened(game: Game[Any], plan: Plan, ctx: Context) -> tuple[Any, ...]:
    """The events up to and including `game_started`."""
    config = config_data(game.config(**plan.config))
    commitment = chance.commitment(GAME_ID, ctx.session_seed)
    events: list[Event] = [ev.GameCreated(GAME_ID, game.name, game.version, config, player_id(0), commitment)]
    for seat in range(plan.players):
        profile = {"display_name": f"Player {seat}", "avatar_seed": str(seat), "color": "#5566ff"}
        is_bot = bool(game.bot_levels) and seat >= max(1, plan.players - plan.bots)
        level = game.bot_levels[0] if is_bot else None
        events.append(ev.PlayerJoined(player_id(seat), seat, profile, is_bot=is_bot, strategy=level))
    events += [ev.ClientSeedSet(player_id(seat), f"of player {seat}") for seat in range(plan.seed % 3)]
    events.append(ev.GameStarted(tuple((seat, player_id(seat)) for seat in range(plan.players))))
    return tuple(events)
