"""Commands and settings: the game's own dataclasses are the schema."""

from __future__ import annotations

from typing import Any

import pytest

from server.games.eldorado.commands import Bid, PlayCard
from server.games.registry import Registry
from server.games.rules import Refusal
from server.games.table_commands import TABLE_COMMANDS, AddBot, SetReady
from server.wire.config import decode_config
from server.wire.error_codes import HTTP_STATUS, RETRYABLE, ErrorCode
from server.wire.from_client import CommandDecoder, command_data

GAMES = Registry.installed()
ELDORADO = CommandDecoder(GAMES.game("eldorado"))
PAGE_COMMANDS = {
    "set_ready", "set_ready_override", "start_game", "add_bot", "remove_player", "set_client_seed", "update_profile",
    "request_seat", "leave", "rematch",
}  # fmt: skip
PAGE_CODES = {
    "invalid_card", "not_your_turn", "must_follow_suit", "cannot_lead_trump", "invalid_bid", "invalid_phase",
    "room_full", "room_not_found", "not_host", "not_ready", "already_started", "not_seated", "invalid_profile",
    "invalid_command", "rate_limited", "unavailable", "forbidden", "internal",
}  # fmt: skip


def test_the_names_of_the_page() -> None:
    assert {kind.name for kind in TABLE_COMMANDS} >= PAGE_COMMANDS
    assert {kind.name for kind in GAMES.game("eldorado").commands} == {"bid", "play_card"}
    assert {kind.name for kind in GAMES.game("relay").commands} == {"say"}
    assert {str(code) for code in ErrorCode} | {*GAMES.game("eldorado").refusals} == PAGE_CODES | {
        "invalid_config",
        "chat_off",
    }  # as over HTTP, and an addition
    assert {"rate_limited", "unavailable"} == RETRYABLE
    assert {HTTP_STATUS[code] for code in RETRYABLE} == {429, 503}


@pytest.mark.parametrize(
    ("name", "args", "command"),
    [
        ("bid", {"value": 3}, Bid(3)),
        ("bid", {"value": -3, "forced": True}, Bid(-3)),
        ("play_card", {"card": "d0:hearts:K"}, PlayCard("d0:hearts:K")),
        ("set_ready", {"ready": False}, SetReady(False)),
        ("add_bot", {}, AddBot(1, None)),
        ("add_bot", {"count": 2, "level": None}, AddBot(2, None)),
    ],
)
def test_commands(name: str, args: dict[str, Any], command: Any) -> None:
    assert ELDORADO.decode(name, args) == command


@pytest.mark.parametrize(
    ("name", "args", "field"),
    [
        ("bid", {}, "value"),
        ("bid", {"value": "3"}, "value"),
        ("bid", {"value": 3.0}, "value"),
        ("bid", {"value": True}, "value"),
        ("bid", {"value": None}, "value"),
        ("play_card", {"card": 5}, "card"),
        ("play_card", {"card": ["d0:hearts:K"]}, "card"),
        ("set_ready", {"ready": "yes"}, "ready"),
        ("set_ready", {"ready": 0}, "ready"),
        ("say", {"data": 1}, None),
        ("", {}, None),
        ("x" * 10_000, {}, None),
    ],
)
def test_commands_that_are_none(name: str, args: dict[str, Any], field: str | None) -> None:
    refusal = ELDORADO.decode(name, args)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field, refusal.misplay) == ("invalid_command", field, False)
    assert len(refusal.message) < 300


def test_a_turn_lists_complete_commands() -> None:
    assert command_data(Bid(2)) == {"name": "bid", "args": {"value": 2}}
    for action in (Bid(0), PlayCard("d1:spades:A"), AddBot(2, "steady")):
        data = command_data(action)
        assert ELDORADO.decode(data["name"], data["args"]) == action


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"max_players": "4"}, "config.max_players"),
        ({"max_players": 11}, "config.max_players"),
        ({"hook": 1}, "config.hook"),
        ({"autostart": "no"}, "config.autostart"),
        ({"turn_seconds": 5}, "config.turn_seconds"),
        ({"durability": "none"}, "config.durability"),
        ({"min_players": 6, "max_players": 5}, "config.min_players"),
    ],
)
def test_settings_that_do_not_fit(given: dict[str, Any], field: str) -> None:
    refusal = decode_config(GAMES.game("eldorado"), given)
    assert isinstance(refusal, Refusal)
    assert refusal.field == field


def test_settings() -> None:
    config = decode_config(GAMES.game("eldorado"), {"rounds": 3, "turn_seconds": 0, "unknown": {}})
    assert not isinstance(config, Refusal)
    assert (config.turn_seconds, config.max_players, config.rounds) == (0, 10, 3)  # type: ignore[attr-defined]
