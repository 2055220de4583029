"""The test kit is checked: each of these small mistakes in a game is found by the property that is there for it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from msgspec import structs

from server.games import rules
from server.games.rules import Command, Deadline, Refusal, Result, State
from server.games.table_events import GameCompleted
from server.testing import inspectors, judge, properties, secrets, walk
from server.testing.broken import Broken
from server.testing.properties import GameProperties
from tests.support import example_games

SECRET, OPEN = example_games.secret_numbers(), example_games.tictactoe()
Mutant = tuple[str, str, Any]
MUTANTS: list[Mutant] = []


def mutant(test: str, rule: str) -> Any:
    """Registers a broken game: the property test that must fail, and with which rule."""

    def register(kind: Any) -> Any:
        MUTANTS.append((test, rule, kind))
        return kind

    return register


@mutant("secrets", secrets.VIEW)
class ShowsAllPicks(SECRET.SecretNumbers):
    def view(self, state: State[Any], viewer: str | None) -> Any:
        return {**super().view(state, viewer), "picks": dict(state.play.picks) if state.play else {}}


@mutant("secrets", secrets.VIEW)
class SortsByPick(SECRET.SecretNumbers):
    def view(self, state: State[Any], viewer: str | None) -> Any:
        picks = state.play.picks if state.play else {}
        return {**super().view(state, viewer), "picked": sorted(picks, key=lambda player: picks[player])}


@mutant("secrets", secrets.REDACT)
class TellsTheBestCard(SECRET.SecretNumbers):
    """Of a deal, everybody is told what another one's best card is."""

    class Dealt(rules.Event):
        name: ClassVar[str] = "dealt"
        private: ClassVar[bool] = True
        hands: dict[str, tuple[int, ...]]

    events = (*SECRET.SecretNumbers.events, Dealt)

    def setup(self, table: Any) -> Any:
        return replace(super().setup(table), past=({"dealt": False},))

    def deadline(self, state: State[Any]) -> Any:
        return super().deadline(state) if state.play.past[0]["dealt"] else Deadline(("deal",), (), 0)

    def expire(self, state: State[Any], ctx: Any) -> Any:
        if state.play.past[0]["dealt"]:
            return super().expire(state, ctx)
        players = [player.player_id for player in state.table.seated()]
        return (self.Dealt({player: (seat, seat + 10, seat + 20) for seat, player in enumerate(players)}),)

    def evolve(self, state: State[Any], event: Any) -> Any:
        if not isinstance(event, self.Dealt):
            return super().evolve(state, event)
        return replace(state.play, past=({"dealt": True}, *state.play.past[1:]))

    def redact(self, event: Any, viewer: str | None) -> Any:
        if not isinstance(event, self.Dealt):
            return super().redact(event, viewer)
        own = {viewer: event.hands[viewer]} if viewer in event.hands else {}
        return {"hands": own, "best": {player: sum(hand) for player, hand in event.hands.items()}}


@mutant("secrets", secrets.SEED)
class TellsTheSeed(SECRET.SecretNumbers):
    def expire(self, state: State[Any], ctx: Any) -> Any:
        first, *others = super().expire(state, ctx)
        if isinstance(first, SECRET.Revealed):
            first = structs.replace(first, numbers={**first.numbers, ctx.session_seed[8:40]: 1})
        return (first, *others)


@mutant("moves", judge.PURE)
class CountsItsCalls(OPEN.TicTacToe):
    calls = itertools.count()

    def decide(self, state: State[Any], actor: str, command: Any, ctx: Any) -> Any:
        decision = super().decide(state, actor, command, ctx)
        if isinstance(decision, Refusal):
            return decision
        return (structs.replace(decision[0], forced=next(self.calls) % 2 == 1), *decision[1:])


@mutant("moves", judge.PURE)
class ChangesItsState(SECRET.SecretNumbers):
    def evolve(self, state: State[Any], event: Any) -> Any:
        if isinstance(event, SECRET.Picked):
            state.play.picks[event.player_id] = event.number
            return state.play
        return super().evolve(state, event)


@mutant("moves", judge.TOTAL)
class RaisesInDecide(OPEN.TicTacToe):
    def decide(self, state: State[Any], actor: str, command: Any, ctx: Any) -> Any:
        if state.play.board[command.cell] != ".":  # an index out of range
            return Refusal("invalid_command", "taken")
        return super().decide(state, actor, command, ctx)


@mutant("moves", judge.TOTAL)
class RaisesInEvolve(OPEN.TicTacToe):
    def evolve(self, state: State[Any], event: Any) -> Any:
        if isinstance(event, OPEN.Marked):
            assert not event.forced
        return super().evolve(state, event)


@mutant("moves", walk.LEGAL)
class ListsTakenCells(OPEN.TicTacToe):
    def actions(self, state: State[Any], player_id: str) -> tuple[Command, ...]:
        listed = super().actions(state, player_id)
        return tuple(OPEN.Mark(cell) for cell in range(9)) if listed else ()


@mutant("moves", judge.ANSWERS)
class SaysNothing(OPEN.TicTacToe):
    def decide(self, state: State[Any], actor: str, command: Any, ctx: Any) -> Any:
        decision = super().decide(state, actor, command, ctx)
        return () if isinstance(decision, Refusal) else decision


@mutant("moves", judge.ANSWERS)
class RefusesInItsOwnWords(OPEN.TicTacToe):
    def decide(self, state: State[Any], actor: str, command: Any, ctx: Any) -> Any:
        decision = super().decide(state, actor, command, ctx)
        return Refusal("no_way", "no") if isinstance(decision, Refusal) else decision


@mutant("moves", inspectors.ENDS)
class NeverEnds(OPEN.TicTacToe):
    def decide(self, state: State[Any], actor: str, command: Any, ctx: Any) -> Any:
        return _without_end(super().decide(state, actor, command, ctx))

    def expire(self, state: State[Any], ctx: Any) -> Any:
        return _without_end(super().expire(state, ctx)) or (OPEN.RoundEnded(None),)


@mutant("moves", judge.FORCED)
class WaitsWithoutTime(OPEN.TicTacToe):
    def deadline(self, state: State[Any]) -> Deadline:
        return structs.replace(super().deadline(state), after_ms=0)

    def expire(self, state: State[Any], ctx: Any) -> Any:
        return (OPEN.RoundEnded(None),)


@mutant("moves", inspectors.SUMMARY)
class ForgetsTheLosers(OPEN.TicTacToe):
    def summary(self, state: State[Any]) -> rules.Summary:
        return rules.Summary(tuple(r for r in super().summary(state).results if r.is_winner))


@mutant("moves", inspectors.SUMMARY)
class LetsEverybodyWin(OPEN.TicTacToe):
    def summary(self, state: State[Any]) -> rules.Summary:
        seated = state.table.seated()
        everybody = [player.player_id for player in seated]
        return rules.Summary(tuple(Result.of(p, state.play.scores[p.player_id], everybody) for p in seated))


@mutant("moves", inspectors.TURNS)
class NeverTellsTheNextOne(OPEN.TicTacToe):
    def deadline(self, state: State[Any]) -> Deadline:
        return structs.replace(super().deadline(state), key=("turn",))


@mutant("secrets", secrets.KEYS)
class HasKeysThatComeLater(OPEN.TicTacToe):
    def view(self, state: State[Any], viewer: str | None) -> Any:
        view = super().view(state, viewer)
        return view if state.play else {key: value for key, value in view.items() if key != "mover"}


@mutant("log", inspectors.JSON)
class TellsASet(OPEN.TicTacToe):
    def decide(self, state: State[Any], actor: str, command: Any, ctx: Any) -> Any:
        decision = super().decide(state, actor, command, ctx)
        return (
            decision if isinstance(decision, Refusal) else (structs.replace(decision[0], forced={True}), *decision[1:])
        )


@mutant("log", inspectors.LOG)
class RemembersOutsideTheState(OPEN.TicTacToe):
    """When it was decided does not stand in the events but in the game: the log knows only the last time."""

    def __init__(self) -> None:
        self.now_ms = 0

    def decide(self, state: State[Any], actor: str, command: Any, ctx: Any) -> Any:
        self.now_ms = ctx.now_ms
        return super().decide(state, actor, command, ctx)

    def evolve(self, state: State[Any], event: Any) -> Any:
        play = super().evolve(state, event)
        return replace(play, players=(*play.players, str(self.now_ms)))


@mutant("bots", inspectors.BOTS)
class HasABotThatCheats(OPEN.TicTacToe):
    class Cheat(rules.Bot):
        def choose(self, view: Any, actions: Any, draw: Any) -> Any:
            return OPEN.Mark(9)

    def bot(self, level: str) -> rules.Bot:
        return self.Cheat()


@mutant("bots", inspectors.BOTS)
class HasABotWithMoods(OPEN.TicTacToe):
    class Moody(rules.Bot):
        calls = itertools.count()

        def choose(self, view: Any, actions: Any, draw: Any) -> Any:
            return actions[next(self.calls) % len(actions)]

    def bot(self, level: str) -> rules.Bot:
        return self.Moody()


@mutant("declaration", properties.DECLARATION)
class HasNoUpcaster(OPEN.TicTacToe):
    class Newer(rules.Event):
        name: ClassVar[str] = "newer"
        version: ClassVar[int] = 2

    events = (*OPEN.TicTacToe.events, Newer)


@mutant("table", properties.TABLE)
class CannotBeLoadedAgain(OPEN.TicTacToe):
    loads = 0

    def setup(self, table: Any) -> Any:
        play = super().setup(table)
        type(self).loads += 1
        return replace(play, players=play.players[:: -1 if type(self).loads % 2 else 1])


def _without_end(decision: Any) -> Any:
    if isinstance(decision, Refusal):
        return decision
    return tuple(event for event in decision if not isinstance(event, GameCompleted))


class Unshrunk(GameProperties):
    """The first history that is found will do."""

    moves_max = 300

    def settings(self, examples: int) -> settings:
        return settings(super().settings(examples), phases=[Phase.generate])


@pytest.mark.parametrize(("test", "rule", "kind"), MUTANTS, ids=[kind.__name__ for _, _, kind in MUTANTS])
def test_it_is_found(test: str, rule: str, kind: Any) -> None:
    tests = type("Tests", (Unshrunk,), {"game": kind()})()
    with pytest.raises(Broken) as found:
        getattr(tests, f"test_{test}")()
    assert found.value.rule == rule, found.value


class TellsTheNumber(SECRET.SecretNumbers):
    """A whole event tells too much: nobody can know that but who has named the secret."""

    def redact(self, event: Any, viewer: str | None) -> Any:
        return {"player_id": event.player_id, "forced": event.forced, "note": f"number {event.number}"}


class Named(Unshrunk):
    game = TellsTheNumber()

    def secrets(self, state: State[Any], viewer: str | None) -> list[str]:
        picks = {} if state.play is None else state.play.picks
        return [f"number {number}" for player, number in picks.items() if player != viewer]


def test_a_secret_that_was_named_is_looked_for_everywhere() -> None:
    with pytest.raises(Broken, match=secrets.NAMED):
        Named().test_secrets()


def test_clocks_and_chance_are_not_imported(tmp_path: Path) -> None:
    code = (example_games.EXAMPLE / "tictactoe.py").read_text()
    (tmp_path / "impure.py").write_text("import random\nfrom time import monotonic\n" + code)
    impure = example_games.load(tmp_path / "impure.py", "impure")
    tests = type("Tests", (GameProperties,), {"game": impure.GAME})()
    with pytest.raises(Broken, match=r"impure imports random: .*; impure imports time: "):
        tests.test_declaration()


def test_the_message_has_the_rule_and_the_shortest_history() -> None:
    tests = type("Tests", (GameProperties,), {"game": ListsTakenCells(), "steps_max": 9})()
    with pytest.raises(Broken) as found:
        tests.test_moves()
    assert str(found.value).startswith(f"{walk.LEGAL}: Mark(cell=0) was listed by actions and refused by decide\n")
    moves = [line for line in found.value.history if "mark" in line and not line.startswith(" ")]
    assert len(moves) == 1, found.value
