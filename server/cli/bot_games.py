"""Games of bots against bots, without a server: the rules, the views of the seats, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from server.clock import Clock
from server.games import chance, match, table_commands
from server.games import table_events as ev
from server.games.registry import Registry
from server.games.rules import Command, Context, Event, PlayerId, Refusal, State, ThinkingBot
from server.games.table import config_data
from server.rooms.machine.thought import Thought

_NOW_MS = 1_700_000_000_000
_GAME_ID = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a bot that thinks gets for a decision: so many iterations, and so many milliseconds. None: no bound."""

    iterations: int | None
    think_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Duel:
    """One game. `levels`: of each seat. `deal`: what all chance comes from; games of one deal have the same cards."""

    game: str
    levels: tuple[str, ...]
    deal: str


@dataclass(slots=True)
class Outcome:
    """By seat: the final score, and the share of the win. By level: the milliseconds of each decision in which there
    was a choice, and the iterations of each that was thought about."""

    scores: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    ms: dict[str, list[float]] = field(default_factory=dict)
    iterations: dict[str, list[int]] = field(default_factory=dict)

    def rank(self, seat: int) -> float:
        """1 is the best; those who tie share the mean of their ranks."""
        mine = self.scores[seat]
        ties = self.scores.count(mine) - 1
        return 1 + sum(score > mine for score in self.scores) + ties / 2


def schedule(game: str, challenger: str, table: str, players: int, games: int, seed: int) -> list[list[Duel]]:
    """At least so many games, by deal: in the games of one deal the challenger sits on one seat after the other."""
    deals = -(-games // players)
    return [
        [Duel(game, _seats(challenger, table, players, seat), f"{seed} {players} {deal}") for seat in range(players)]
        for deal in range(deals)
    ]


def pairings(levels: Sequence[str], players: int, alone: Sequence[str]) -> list[tuple[str, str]]:
    """(challenger, level of all others at the table), each challenger one of `alone`. With two seats one of the two
    ways says everything."""
    ways = [(a, b) for i, a in enumerate(levels) for j, b in enumerate(levels) if i > j or (i < j and players > 2)]
    return sorted((way for way in ways if way[0] in alone), key=lambda way: [levels.index(level) for level in way])


def _seats(challenger: str, table: str, players: int, seat: int) -> tuple[str, ...]:
    return tuple(challenger if place == seat else table for place in range(players))


class Contest:
    """Plays duels. Bots that think do so here and now."""

    def __init__(self, registry: Registry, budget: Budget, clock: Clock) -> None:
        self._registry = registry
        self._budget = budget
        self._clock = clock

    def play(self, duel: Duel) -> Outcome:
        """Play a game to its end. Raises RuntimeError for a bot that does what is not allowed."""
        game, outcome = self._registry.game(duel.game), Outcome()
        ctx = Context(_NOW_MS, hashlib.sha256(duel.deal.encode()).hexdigest())
        state, head = self._begin(duel, ctx)
        while not state.table.is_over:
            for event in (happened := self._next(state, head, ctx, outcome)):
                state = match.evolve(game, state, event)
            head += len(happened)
        results = sorted(game.summary(state).results, key=lambda result: result.seat)
        winners = sum(result.is_winner for result in results)
        outcome.scores = tuple(result.score for result in results)
        outcome.shares = tuple(result.is_winner / winners for result in results)
        return outcome

    def _begin(self, duel: Duel, ctx: Context) -> tuple[State[Any], int]:
        """The state after the start of the game, and the index of its last event."""
        game, players = self._registry.game(duel.game), len(duel.levels)
        config = config_data(game.config(min_players=players, max_players=players))
        commitment = chance.commitment(_GAME_ID, ctx.session_seed)
        created = ev.GameCreated(_GAME_ID, game.name, game.version, config, _player_id(0), commitment)
        state, head = match.begin(game, created), players
        for seat, level in enumerate(duel.levels):
            profile = {"display_name": f"Bot {seat + 1}", "avatar_seed": f"bot:{seat + 1}", "color": "#5566ff"}
            joined = ev.PlayerJoined(_player_id(seat), seat, profile, is_bot=True, strategy=level)
            state = match.evolve(game, state, joined)
        for event in table_commands.start_by_itself(state.table):
            state, head = match.evolve(game, state, event), head + 1
        return state, head

    def _next(self, state: State[Any], head: int, ctx: Context, outcome: Outcome) -> tuple[Event, ...]:
        """What happens next: time passes, or a bot moves."""
        game = self._registry.game(state.table.game)
        deadline = game.deadline(state)
        if deadline is None:
            raise RuntimeError(f"{game.name} waits for nothing, and is not over")
        if not deadline.player_ids:
            return game.expire(state, ctx)
        player_id = deadline.player_ids[0]
        decision = game.decide(state, player_id, self._choice(state, player_id, head, ctx, outcome), ctx)
        if isinstance(decision, Refusal):
            raise RuntimeError(f"a bot did what is not allowed: {decision.message}")  # noqa: TRY004  # a value, not a type
        return decision

    def _choice(self, state: State[Any], player_id: PlayerId, head: int, ctx: Context, outcome: Outcome) -> Command:
        game, player = self._registry.game(state.table.game), state.table.players[player_id]
        level, actions = player.strategy or "", game.actions(state, player_id)
        stream = chance.bot_stream(ctx.session_seed, state.table.game_id, player.seat or 0, head)
        view, bot = match.view(game, state, player_id), game.bot(level)
        if len(actions) == 1:
            return actions[0]
        begun = self._clock.monotonic()
        if isinstance(bot, ThinkingBot):
            thought = Thought(game.name, level, {**view, **game.memory(state, player_id)}, actions, stream)
            more = _More(self._budget, self._clock)
            command = thought.think(self._registry, more)
            outcome.iterations.setdefault(level, []).append(more.given)
        else:
            command = bot.choose(view, actions, stream.draw)
        outcome.ms.setdefault(level, []).append((self._clock.monotonic() - begun) * 1000)
        return command


class _More:
    """Says yes as long as the budget lasts. `given`: how often it did."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        self.given = 0
        self._iterations = budget.iterations
        self._until = None if budget.think_ms is None else clock.monotonic() + budget.think_ms / 1000
        self._clock = clock

    def __call__(self) -> bool:
        if self._iterations is not None and self.given >= self._iterations:
            return False
        if self._until is not None and self._clock.monotonic() >= self._until:
            return False
        self.given += 1
        return True


def _player_id(seat: int) -> PlayerId:
    return f"00000000-0000-7000-8000-{seat:012d}"
