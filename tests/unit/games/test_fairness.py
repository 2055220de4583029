"""What the verifier says; that it finds everything is shown in tests/properties."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from server.games import chance, fairness
from server.games import table_events as te
from server.games.eldorado import GAME, Config
from server.games.eldorado import events as ev
from server.games.relay import GAME as RELAY
from server.games.relay import Relay, Said, Say
from server.games.rules import Command, Context, Event, PlayerId, Refusal, State
from tests.support.interruptions import away, script
from tests.support.whole_games import GAME_ID, context, play_game, player_id, session_seed

PLAYED = play_game(3, 3, Config(rounds=2))
EVENTS = PLAYED.events
PLAYED_CTX = context(3)


def changed(kind: type[Any], nth: int = 0, **values: Any) -> list[Event]:
    """The log with the nth event of a kind changed."""
    index = [i for i, event in enumerate(EVENTS) if isinstance(event, kind)][nth]
    return [*EVENTS[:index], replace(EVENTS[index], **values), *EVENTS[index + 1 :]]  # type: ignore[type-var]


def problem(events: list[Event]) -> str:
    report = fairness.verify(GAME, events)
    assert not report.ok
    return report.problem or ""


def test_a_fair_game() -> None:
    assert fairness.verify(GAME, EVENTS) == fairness.Report(ok=True, commitment_ok=True, rounds=2)


def test_the_decks_of_a_game() -> None:
    decks = fairness.decks(GAME, EVENTS)
    dealt = [event for event in EVENTS if isinstance(event, ev.CardsDealt)]
    trumps = [event.card for event in EVENTS if isinstance(event, ev.TrumpRevealed)]
    assert [len(deck) for deck in decks] == [52, 52]
    for index, deck in enumerate(decks):
        cards = 3 * (10 - index)
        assert set(deck[:cards]) == {card for hand in dealt[index].hands.values() for card in hand}
        assert deck[cards] == trumps[index]
    assert fairness.decks(GAME, EVENTS[:-1]) == ()


def test_client_seeds_are_those_of_the_start() -> None:
    played = play_game(
        3, 3, Config(rounds=1), client_seeds=["mine"], interrupt=script({20: [te.PlayerLeft(player_id(0))]})
    )
    started = next(i for i, e in enumerate(played.events) if isinstance(e, te.GameStarted))
    seeds = [(p.seat, p.client_seed) for p in fairness.seated_at_start(GAME, played.events)]
    assert seeds == [(0, "mine"), (1, ""), (2, "")]
    assert fairness.seated_at_start(GAME, played.events[:started]) == []
    assert fairness.seated_at_start(GAME, played.events[1:]) == []


@pytest.mark.parametrize("seed", ["", "none", "0", 7, None])
def test_a_seed_that_is_none(seed: Any) -> None:
    events = changed(te.GameCompleted, session_seed=seed)
    assert "committed" in problem(events)
    assert fairness.decks(GAME, events) == ()


def test_an_unfinished_log_can_not_be_verified_yet() -> None:
    report = fairness.verify(GAME, EVENTS[:-1])
    assert (report.ok, report.commitment_ok, report.event_index) == (False, False, None)
    assert "secret" in (report.problem or "")


@pytest.mark.parametrize("events", [[], EVENTS[1:]])
def test_a_log_has_a_beginning(events: list[Event]) -> None:
    assert "must begin" in problem(events)


@pytest.mark.parametrize("seed", [session_seed(4), "no seed", session_seed(3).upper()])
def test_another_seed_than_promised(seed: str) -> None:
    report = fairness.verify(GAME, changed(te.GameCompleted, session_seed=seed))
    assert (report.ok, report.commitment_ok) == (False, False)
    assert "committed" in (report.problem or "")


def test_another_game_or_version() -> None:
    assert "not eldorado version 1" in problem(changed(te.GameCreated, rules_version=2))


def test_a_card_that_the_seed_did_not_deal_is_named() -> None:
    hands = next(event.hands for event in EVENTS if isinstance(event, ev.CardsDealt))
    first, second = hands[player_id(1)][:2]
    swapped = {**hands, player_id(1): (second, first, *hands[player_id(1)][2:])}
    text = problem(changed(ev.CardsDealt, hands=swapped))
    path = f"hands.{player_id(1)}[0]"
    assert text.startswith("round 0, event ")
    assert f'cards_dealt: {path} is "{second}", by the seeds and the rules it is "{first}"' in text


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (ev.TrumpRevealed, {"card": "no card"}, 'card is "no card", by the seeds'),
        (ev.CardPlayed, {"card": "d0:clubs:1"}, "not in your hand"),
        (ev.CardPlayed, {"player_id": player_id(7)}, "only those who were seated"),
        (ev.CardPlayed, {"forced": True}, "is "),
        (ev.PlayerBid, {"bid": 11}, "from 0 to 10"),
        (ev.PlayerBid, {"player_id": player_id(2)}, "not your turn"),
        (ev.TrickStarted, {"leader_player_id": player_id(0)}, "leader_player_id is "),
        (ev.TrickCompleted, {"winning_card": "x"}, 'winning_card is "x"'),
        (ev.RoundScored, {"deltas": {}}, "deltas."),
        (te.GameCompleted, {"winners": ()}, "winners is []"),
        (te.GameStarted, {"seats": ()}, "the seats are"),
    ],
)
def test_problems_are_named(kind: type[Any], values: dict[str, Any], words: str) -> None:
    assert words in problem(changed(kind, **values))


def test_another_client_seed_gives_other_cards() -> None:
    events = play_game(3, 3, Config(rounds=1), client_seeds=["mine"]).events
    other = [te.ClientSeedSet(e.player_id, "other") if isinstance(e, te.ClientSeedSet) else e for e in events]
    assert fairness.verify(GAME, events).ok
    assert "cards_dealt" in problem(other)


def test_what_is_missing_or_comes_twice() -> None:
    index = next(i for i, e in enumerate(EVENTS) if isinstance(e, ev.TrickCompleted))
    assert "the rules say that trick_completed comes here" in problem([*EVENTS[:index], *EVENTS[index + 1 :]])
    assert "the rules say that player_bid comes here" in problem([*EVENTS[:8], EVENTS[-2], *EVENTS[8:]])
    start = next(i for i, e in enumerate(EVENTS) if isinstance(e, te.GameStarted))
    assert "started already" in problem([*EVENTS[: start + 4], EVENTS[start], *EVENTS[start + 4 :]])
    assert "one beginning" in problem([EVENTS[0], *EVENTS])
    assert "not under way" in problem([*EVENTS, EVENTS[-2]])
    assert "not under way" in problem([EVENTS[0], EVENTS[-1]])


def test_settings_are_fixed_once_the_game_has_started() -> None:
    start = next(i for i, e in enumerate(EVENTS) if isinstance(e, te.GameStarted))
    created = EVENTS[0]
    assert isinstance(created, te.GameCreated)
    fewer = te.SettingsChanged({**created.config, "rounds": 1}, None)
    assert "don't change" in problem([*EVENTS[: start + 1], fewer, *EVENTS[start + 1 :]])
    same = te.SettingsChanged(created.config, is_public=False)
    assert fairness.verify(GAME, [*EVENTS[:start], same, *EVENTS[start:]]).ok


def test_what_the_table_does_after_the_end_does_not_matter() -> None:
    assert fairness.verify(GAME, [*EVENTS, te.PlayerLeft(player_id(0))]).ok


def test_a_log_that_stops_in_the_middle_of_a_chunk() -> None:
    """The seed is out, but what had to follow the last card is missing."""
    index = max(i for i, e in enumerate(EVENTS) if isinstance(e, ev.CardPlayed))
    stopped = [*EVENTS[: index + 1]]
    audit = fairness._Audit(GAME, GAME, EVENTS[0], PLAYED_CTX)  # type: ignore[arg-type]
    assert "the log ends where trick_completed must follow" in (audit.run(stopped).problem or "")


def test_an_event_that_makes_no_sense_is_a_problem_not_a_crash() -> None:
    joined = next(event for event in EVENTS if isinstance(event, te.PlayerJoined))
    assert "make sense" in problem([EVENTS[0], replace(joined, profile={}), *EVENTS[2:]])


def test_players_who_are_gone_can_not_have_moved() -> None:
    """What is forced at once may not stand there as the player's own move."""
    played = play_game(3, 3, Config(rounds=1), interrupt=script({20: [te.PlayerLeft(player_id(1))]}))
    assert fairness.verify(GAME, played.events).ok
    index = max(i for i, e in enumerate(played.events) if isinstance(e, ev.CardPlayed) and e.forced)
    own = replace(played.events[index], forced=False)  # type: ignore[type-var]
    text = problem([*played.events[:index], own, *played.events[index + 1 :]])
    assert "forced is false, by the seeds and the rules it is true" in text


def test_forced_moves_and_absences_are_part_of_the_rules() -> None:
    played = play_game(3, 3, Config(rounds=3), interrupt=away(1, 0, 95))
    assert any(isinstance(e, te.PlayerMarkedAbsent) for e in played.events)
    assert fairness.verify(GAME, played.events).ok


def test_a_move_ends_with_what_followed_from_it() -> None:
    trick = next(i for i, event in enumerate(EVENTS) if isinstance(event, ev.TrickCompleted))
    ends = [fairness.end_of_step(GAME, EVENTS, index) for index in range(trick - 1, trick + 3)]
    assert ends == [trick + 1] * 3 + [trick + 2]  # the last card of the trick, its winner, the next trick; then a card
    assert fairness.end_of_step(GAME, EVENTS, len(EVENTS)) is None
    assert fairness.end_of_step(GAME, EVENTS[:-1], trick) is None
    wrong = changed(ev.TrumpRevealed, card="d0:hearts:2")
    assert fairness.end_of_step(GAME, wrong, trick) is None


def test_a_game_that_only_commits() -> None:
    seed = session_seed("relay")
    events: list[Event] = [
        te.GameCreated(GAME_ID, "relay", 1, {}, player_id(0), chance.commitment(GAME_ID, seed)),
        Said(player_id(0), "hello"),
        te.GameCompleted({}, (), seed),
    ]
    assert fairness.verify(RELAY, events) == fairness.Report(ok=True, commitment_ok=True, audited=False)
    assert fairness.decks(RELAY, events) == ()


class TalkativeRelay(Relay):
    """A game without deadlines or cards that can be verified all the same; one word is forbidden."""

    def decide(self, state: State[Any], actor: PlayerId, command: Command, ctx: Context) -> tuple[Event, ...] | Refusal:
        assert isinstance(command, Say)
        if command.data == "forbidden":
            return Refusal("invalid_command", "that is forbidden")
        return (Said(actor, command.data),)

    def move(self, event: Event) -> tuple[PlayerId, Command] | None:
        return (event.player_id, Say(event.data)) if isinstance(event, Said) and event.data != "" else None

    def deck(self, state: State[Any], event: Event, session_seed: str) -> None:
        return None

    def place(self, state: State[Any]) -> str:
        return "here"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("hello", None),
        ("forbidden", f"Say(data='forbidden') by {player_id(0)}: that is forbidden"),
        ("", "nothing happens by itself here"),
    ],
)
def test_any_game_can_be_made_verifiable(said: str, found: str | None) -> None:
    seed = session_seed("relay")
    events: list[Event] = [
        te.GameCreated(GAME_ID, "relay", 1, {}, player_id(0), chance.commitment(GAME_ID, seed)),
        Said(player_id(0), said),
    ]
    game = TalkativeRelay()
    created = events[0]
    assert isinstance(created, te.GameCreated)
    report = fairness._Audit(game, game, created, PLAYED_CTX).run(events)
    assert report.problem == (found and f"here, event 1, said: {found}")
    assert fairness.decks(game, [*events, te.GameCompleted({}, (), seed)]) == ()


def test_differences_in_words() -> None:
    due = ev.RoundScored(0, {"a": 5}, {"a": 5})
    assert fairness.difference(due, ev.TrumpBroken()) == "the rules say that round_scored comes here"
    assert fairness.difference(due, replace(due, deltas={"a": 5, "b": 1})).startswith("deltas.b is 1")
    assert fairness.difference(due, due) == "equal"
