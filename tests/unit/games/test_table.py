"""The table: what every event does to it, and what it shows."""

from __future__ import annotations

import pytest

from server.games import table_events as ev
from server.games.eldorado import GAME as ELDORADO
from server.games.rules import Config
from server.games.table import Phase, Status, Table, create_table, evolve_table, view_table

PROFILE = {"display_name": "Ann", "avatar_seed": "ann", "color": "#112233"}


def table(*events: ev.TableEvent) -> Table:
    state = create_table(ev.GameCreated("id", "relay", 1, {}, "a", "commitment"), Config())
    for event in (ev.PlayerJoined("a", 0, PROFILE), ev.PlayerJoined("b", 1, PROFILE), *events):
        state = evolve_table(state, event)
    return state


def test_the_first_event_changes_nothing_any_more() -> None:
    assert table(ev.GameCreated("id", "relay", 1, {}, "a", "c")) == table()


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (ev.PlayerDisconnected("b"), Status.DISCONNECTED),
        (ev.PlayerMarkedAbsent("b"), Status.ABSENT),
        (ev.PlayerLeft("b"), Status.LEFT),
        (ev.PlayerKicked("b", "why"), Status.LEFT),
    ],
    ids=lambda value: type(value).__name__,
)
def test_presence(event: ev.TableEvent, status: Status) -> None:
    gone = table(ev.GameStarted(((0, "a"), (1, "b"))), event)
    assert gone.players["b"].status == status
    assert gone.players["b"].is_present == (status == Status.DISCONNECTED)
    assert evolve_table(gone, ev.PlayerReconnected("b")).players["b"].is_present


def test_giving_up_a_seat_frees_it() -> None:
    watching = table(ev.PlayerReady("b"), ev.PlayerBecameSpectator("b"))
    assert watching.players["b"].seat is None
    assert not watching.players["b"].ready
    assert watching.free_seat() == 1
    assert view_table(watching, "b")["you"] == {"player_id": "b", "seat": None, "role": "spectator"}


def test_bots_come_and_go() -> None:
    with_bot = table(ev.PlayerJoined("bot", 2, PROFILE, is_bot=True, strategy="random"))
    assert with_bot.players["bot"].ready
    assert [p.player_id for p in evolve_table(with_bot, ev.BotRemoved("bot")).seated()] == ["a", "b"]


def test_misplays_are_counted_and_survive_coming_back() -> None:
    played = table(
        ev.InvalidAction("b", "play_card", "must_follow_suit"),
        ev.InvalidAction("b", "play_card", "invalid_card", forged=True),
        ev.PlayerLeft("b"),
        ev.PlayerJoined("b", 1, PROFILE),
    )
    assert (played.players["b"].misplays, played.players["b"].forgeries) == (2, 1)


def test_events_of_strangers_change_nothing() -> None:
    strangers = (
        ev.PlayerLeft("x"),
        ev.InvalidAction("x", "bid", "not_your_turn"),
        ev.PlayerReady("x"),
        ev.ProfileUpdated("x", PROFILE),
    )
    assert table(*strangers) == table()


def test_the_end() -> None:
    ended = table(ev.GameStarted(((0, "a"), (1, "b"))), ev.GameCompleted({"a": 1, "b": 2}, ("b",), "5eed"))
    assert ended.is_over
    view = view_table(ended, None)
    assert (view["session_seed"], view["winners"], view["final_scores"]) == ("5eed", ["b"], {"a": 1, "b": 2})
    assert table(ev.GameAborted("empty")).phase == Phase.ABORTED


def test_pauses_are_shown() -> None:
    paused = table(ev.GamePaused("suspended"))
    assert view_table(paused, None)["paused"]
    assert not evolve_table(paused, ev.GameResumed("restart", 5)).paused


def test_a_full_table_has_no_free_seat() -> None:
    seats = [ev.PlayerJoined(f"p{n}", n, PROFILE) for n in range(2, 10)]
    assert table(*seats).free_seat() is None


def test_private_events_are_for_their_player() -> None:
    seed = ev.ClientSeedSet("a", "mine")
    wrong = ev.InvalidAction("a", "bid", "invalid_bid")
    assert ev.redact_table_event(seed, "a") == {"player_id": "a", "client_seed": "mine"}
    assert ev.redact_table_event(wrong, "a") == {
        "player_id": "a", "action": "bid", "code": "invalid_bid", "forged": False,
    }  # fmt: skip
    for viewer in ("b", None):
        assert ev.redact_table_event(seed, viewer) is None
        assert ev.redact_table_event(wrong, viewer) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"turn_seconds": 9}, "config.turn_seconds"),
        ({"turn_seconds": 121}, "config.turn_seconds"),
        ({"max_players": 11}, "config.max_players"),
        ({"min_players": 5, "max_players": 4}, "config.min_players"),
        ({"durability": "none"}, "config.durability"),
        ({"rounds": 0}, "config.rounds"),
        ({"spectator_delay_s": 901}, "config.spectator_delay_s"),
    ],
    ids=str,
)
def test_settings_have_bounds(given: dict[str, int], field: str) -> None:
    problem = ELDORADO.config(**given).problem()  # type: ignore[arg-type]
    assert problem is not None
    assert problem.field == field


@pytest.mark.parametrize("given", [{}, {"turn_seconds": 0}, {"turn_seconds": 120}, {"rounds": 1}], ids=str)
def test_settings_within_them_are_fine(given: dict[str, int]) -> None:
    assert ELDORADO.config(**given).problem() is None  # type: ignore[arg-type]
