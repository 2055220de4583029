"""Checks after every step: moves, log, bots, and the end of a game. (Secrets: see secrets.py.)"""

from __future__ import annotations

import json
from typing import Any

from server.games import chance, match
from server.games.codec import VERSION_KEY, Codec, to_data
from server.games.replay import fold, state_hash
from server.games.rules import Command, Event, Game, PlayerId, Refusal, State, ThinkingBot
from server.games.table import Phase
from server.games.table_events import TABLE_EVENTS, GameCompleted
from server.testing.broken import never_raises
from server.testing.judge import FORCED, TOTAL
from server.testing.strict import encode_json
from server.testing.walk import LEGAL, Redo, Walk, called
from server.wire.from_client import CommandDecoder, command_data

JSON = "events, views and commands are JSON"
LOG = "the log gives the state again"
ENDS = "the game ends"
SUMMARY = "the summary fits the game"
TURNS = "a player who is newly waited for, or has moved and is waited for again, has a deadline with a new key"
BOTS = "bots play by the rules, and the same in the same place"
_LISTED_MAX = 20
_BOTS_ASKED_MAX = 4
_THOUGHTS = 3  # steps of a searching bot


class Moves:
    """Every listed action is accepted, also after its way to a client and back; every wait has a forced move."""

    def __init__(self, game: Game[Any]) -> None:
        self._decoder = CommandDecoder(game)

    def look(self, walk: Walk, before: State[Any], events: list[Event], redo: Redo) -> None:
        judge = walk.judge
        if not isinstance(events[0], TABLE_EVENTS):  # a returning player learns of the turn by that
            self._turns(walk, before)
        for who, actions in walk.movers():
            for action in actions[:_LISTED_MAX]:
                data = command_data(action)
                with never_raises(JSON, f"{action}", judge.history):
                    back = self._decoder.decode(data["name"], json.loads(encode_json(data["args"])))
                if back != action:
                    raise judge.broken(JSON, f"the listed action {action} comes back from a client as {back}")
                with judge.at_ease():
                    decision = judge.decide(walk.state, who, action)
                if isinstance(decision, Refusal):
                    raise judge.broken(LEGAL, f"{action} was listed by actions and refused by decide")
        if judge.deadline(walk.state) is not None:
            with never_raises(FORCED, "expire", judge.history):
                judge.settle(walk.state, judge.expire(walk.state))

    def _turns(self, walk: Walk, before: State[Any]) -> None:
        """A room sends a turn, and lets a bot move, when the key of the wait is new."""
        with walk.judge.at_ease():
            old, new = walk.judge.deadline(before), walk.judge.deadline(walk.state)
        if old is None or new is None or old.key != new.key:
            return
        untold = set(new.player_ids) - (set(old.player_ids) - {walk.mover})
        if untold:
            raise walk.judge.broken(TURNS, f"{', '.join(map(called, sorted(untold)))}: the key is {new.key} as before")


class Log:
    """Events survive the way through JSON, and folding them gives the live state."""

    def __init__(self, game: Game[Any]) -> None:
        self._game = game
        self._codec = Codec(game)

    def look(self, walk: Walk, before: State[Any], events: list[Event], redo: Redo) -> None:
        judge = walk.judge
        for event in events:
            with never_raises(JSON, f"{event}", judge.history):
                stored = json.loads(encode_json({VERSION_KEY: event.version, **to_data(event)}))
                back = self._codec.from_data(event.name, stored)
            if encode_json(to_data(back)) != encode_json(to_data(event)):
                raise judge.broken(JSON, f"{event} comes back from the log as {back}")
        with never_raises(JSON, "the way of the log through JSON", judge.history):
            stored_log = _stored(self._codec, walk.log)
        with never_raises(LOG, "folding the log", judge.history):
            folded = state_hash(fold(self._game, stored_log))
        if folded != state_hash(walk.state):
            raise judge.broken(LOG, "folding the log gives another state than the one that was played to")


class Bots:
    """Called in a few places of each game only: some bots search for long."""

    def __init__(self) -> None:
        self._asked = 0

    def look(self, walk: Walk, before: State[Any], events: list[Event], redo: Redo) -> None:
        judge, game = walk.judge, walk.game
        for who, actions in walk.movers()[:1]:
            if self._asked >= _BOTS_ASKED_MAX:
                return
            self._asked += 1
            for level in game.bot_levels:
                with never_raises(BOTS, f"the bot {level!r}", judge.history):
                    chosen = [choice(walk, who, actions, level) for _ in range(2)]
                if chosen[0] != chosen[1]:
                    raise judge.broken(BOTS, f"{level!r} chose {chosen[0]}, and asked again {chosen[1]}")
                if any(isinstance(judge.decide(walk.state, who, command), Refusal) for command in chosen[0]):
                    raise judge.broken(BOTS, f"{level!r} chose {chosen[0]}, which is refused")


def choice(walk: Walk, who: PlayerId, actions: tuple[Command, ...], level: str) -> list[Command]:
    """What a bot does at once, and after some thinking if it is one that thinks."""
    game, bot = walk.game, walk.game.bot(level)
    seed = walk.judge.ctx.session_seed
    draws = [chance.bot_stream(seed, "a game", who, len(walk.log)).draw for _ in range(2)]
    view = json.loads(encode_json(match.view(game, walk.state, who)))
    chosen = [bot.choose(view, actions, draws[0])]
    if isinstance(bot, ThinkingBot):
        known = {**view, **json.loads(encode_json(game.memory(walk.state, who)))}
        steps = iter(range(_THOUGHTS))
        chosen.append(bot.search(known, actions, draws[1], lambda: next(steps, None) is not None))
    return chosen


def play_out(walk: Walk, moves_max: int) -> None:
    """From where a walk stands to the end of the game, by moves or, if its seed is even, by letting the time pass."""
    if type(walk.game).summary is Game.summary and walk.judge.deadline(walk.state) is None:
        return  # a game that never ends, and says so
    with walk.judge.at_ease():
        for number in range(moves_max):
            if walk.over:
                break
            if walk.judge.deadline(walk.state) is None:
                raise walk.judge.broken(ENDS, "it is not over and waits for nothing: no deadline")
            if walk.plan.seed % 2:
                walk.move(number, walk.plan.seed + 7 * number)
            else:
                walk.time()
    if not walk.over:
        raise walk.judge.broken(ENDS, f"after {moves_max} more moves it is not over")
    _ended_well(walk)


def _ended_well(walk: Walk) -> None:
    judge, table, end = walk.judge, walk.state.table, walk.log[-1]
    if table.phase is not Phase.COMPLETED or not isinstance(end, GameCompleted):
        return
    everybody = {p.player_id for p in table.seated()}
    if end.session_seed != judge.ctx.session_seed:
        raise judge.broken(SUMMARY, "game_completed must reveal ctx.session_seed")
    if end.final_scores.keys() != everybody:
        raise judge.broken(SUMMARY, f"final_scores is of {sorted(end.final_scores)}, not of {sorted(everybody)}")
    if not everybody.issuperset(end.winners):
        raise judge.broken(SUMMARY, f"not all winners were players: {end.winners}")
    with never_raises(TOTAL, "summary", judge.history):
        summary = walk.game.summary(walk.state)
        encode_json([dict(past) for past in summary.rounds])
    results = {result.player_id: result for result in summary.results}
    if results.keys() != everybody or len(summary.results) != len(everybody):
        raise judge.broken(SUMMARY, "there must be one result for each player")
    for who, result in results.items():
        if result.is_winner != (who in end.winners) or result.score != end.final_scores[who]:
            raise judge.broken(SUMMARY, f"winners or scores are not those of game_completed: {result}")
        if result.is_bot != table.players[who].is_bot or result.seat != table.players[who].seat:
            raise judge.broken(SUMMARY, f"this is not who sat there: {result}")


def _stored(codec: Codec, events: list[Event]) -> list[Event]:
    """As they come back from the database."""
    rows = [(event.name, json.loads(encode_json({VERSION_KEY: event.version, **to_data(event)}))) for event in events]
    return [codec.from_data(name, data) for name, data in rows]
