"""Who may say, delete and mute what, as far as the table knows."""

from __future__ import annotations

from typing import Any

import pytest

from server.games import match
from server.games import table_events as ev
from server.games.chat import TEXT_CHARACTERS_MAX, Chat, DeleteMessage, Mute, delete_problem, refusal
from server.games.relay import GAME
from server.games.rules import Command
from server.games.table import Table, config_data
from server.games.table_commands import Leave

HOST, GUEST, WATCHER, LEFT, KICKED, BOT = "host", "guest", "watcher", "left", "kicked", "bot"
PROFILE = {"display_name": "Name", "avatar_seed": "seed", "color": "#112233"}


def table(**config: Any) -> Table:
    """Two who play, one who watches, one who has left, one who was put out, and a bot."""
    state = match.begin(GAME, ev.GameCreated("id", "relay", 1, config_data(GAME.config(**config)), HOST, "c"))
    for event in (
        *(ev.PlayerJoined(who, seat, PROFILE) for seat, who in enumerate((HOST, GUEST, LEFT, KICKED))),
        ev.PlayerJoined(WATCHER, None, PROFILE),
        ev.PlayerJoined(BOT, 4, PROFILE, is_bot=True),
        ev.PlayerLeft(LEFT),
        ev.PlayerKicked(KICKED, "removed_by_host"),
    ):
        state = match.evolve(GAME, state, event)
    return state.table


TABLE = table()


@pytest.mark.parametrize(
    ("actor", "command", "code"),
    [
        (GUEST, Chat("hello"), None),
        (GUEST, Chat(" two\nlines "), None),
        (GUEST, Chat("x" * TEXT_CHARACTERS_MAX), None),
        (GUEST, Chat("x" * (TEXT_CHARACTERS_MAX + 1)), "invalid_command"),
        (GUEST, Chat(" \n "), "invalid_command"),
        (GUEST, Chat("\u200b"), "invalid_command"),
        (GUEST, Chat("bell\a"), "invalid_command"),
        (WATCHER, Chat("hello"), "not_seated"),
        (LEFT, Chat("hello"), "not_seated"),
        (KICKED, Chat("hello"), "not_seated"),
        ("stranger", Chat("hello"), "not_seated"),
        (GUEST, DeleteMessage(1), None),
        (GUEST, DeleteMessage(0), "invalid_command"),
        (GUEST, DeleteMessage(2**63), "invalid_command"),
        (HOST, Mute(GUEST, True), None),
        (HOST, Mute(HOST, False), None),
        (HOST, Mute(HOST, True), "invalid_command"),
        (HOST, Mute(BOT, True), "invalid_command"),
        (HOST, Mute("stranger", True), "invalid_command"),
        (GUEST, Mute(HOST, True), "not_host"),
        (GUEST, Leave(), "invalid_command"),
    ],
)
def test_who_may_do_what(actor: str, command: Command, code: str | None) -> None:
    refused = refusal(TABLE, actor, command)
    assert (refused and refused.code) == code


def test_a_chat_that_is_switched_off() -> None:
    refused = refusal(table(chat=False), HOST, Chat("hello"))
    assert refused is not None
    assert refused.code == "chat_off"


def test_the_host_deletes_what_others_say_and_they_their_own() -> None:
    assert delete_problem(TABLE, HOST, GUEST) is None
    assert delete_problem(TABLE, GUEST, GUEST) is None
    refused = delete_problem(TABLE, GUEST, HOST)
    assert refused is not None
    assert refused.code == "not_host"
