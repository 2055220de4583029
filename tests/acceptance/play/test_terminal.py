"""`parlor play`: somebody in a terminal, who knows no rules, at the games of a real server."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

import pytest

from server.cli.play import play
from server.cli.table_text import TableText
from server.errors import StartupError
from tests.support.guests import Guests


def typed(*lines: str) -> int:
    """A file with these lines, and no more to come."""
    reading, writing = os.pipe()
    os.write(writing, "".join(f"{line}\n" for line in lines).encode())
    os.close(writing)
    return reading


@pytest.fixture
def sit(guests: Guests, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Play a game with these lines typed ahead; gives the exit code and all that was printed."""

    async def at(
        game: str, *lines: str, bots: int | None = None, level: str | None = None, **config: object
    ) -> tuple[int, str]:
        source = typed(*lines)
        try:
            code = await play(guests.server.url, game, bots, level, config, source)
        finally:
            os.close(source)
        told = capsys.readouterr()
        return code, told.out + told.err

    return at


async def test_a_whole_game_by_numbers(sit: Callable[..., Any]) -> None:
    code, told = await sit("eldorado", *["1"] * 30, bots=2, rounds=1)
    assert code == 0
    assert "   1) bid value=0" in told
    assert "players: You (you), Bot 1, Bot 2" in told
    assert "The game is over, won by" in told
    assert "♠" in told, "cards are drawn"


async def test_invalid_input_is_named_and_changes_nothing(sit: Callable[..., Any]) -> None:
    lines = ("99", "bid {nonsense", "fly", 'bid {"value": 77}', "!", "", "?", "q")
    code, told = await sit("eldorado", *lines, bots=1)
    assert code == 0
    for words in (
        "a number from 1 to 11",
        'a map in JSON, such as bid {"value": 3}',
        "not possible: unknown command 'fly'",
        "not possible: ",
        "NAME {JSON} sends any command",
        "you leave the table",
    ):
        assert words in told


async def test_moves_that_cannot_be_listed_are_typed(sit: Callable[..., Any]) -> None:
    code, told = await sit("relay", 'say {"data": [1, "two"]}', "?", "q")
    assert code == 0
    assert "said  player_id=You  data=[1 two]" in told


async def test_the_end_of_the_input_leaves_the_table(sit: Callable[..., Any]) -> None:
    code, told = await sit("eldorado", bots=1)
    assert code == 1
    assert "the input has ended: you leave the table" in told


@pytest.mark.parametrize(
    ("game", "given", "words"),
    [
        ("chess", {}, "no game named 'chess' (it has: eldorado, relay)"),
        ("eldorado", {"level": "genius"}, "no bots of level 'genius'"),
        ("eldorado", {"bots": 50}, "50 bots were asked for"),
        ("relay", {"bots": 1}, "relay has no bots"),
        ("eldorado", {"rounds": 99}, "rounds must be 1 to 10"),
    ],
)
async def test_a_refusal_of_the_server_is_shown(
    sit: Callable[..., Any], game: str, given: dict[str, object], words: str
) -> None:
    with pytest.raises(StartupError) as refused:
        await sit(game, **given)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_missing_server_is_named() -> None:
    with socket.socket() as taken:  # bound, and listening to nobody
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(StartupError, match="start one with `parlor serve`"):
            await play(url, "eldorado", None, None, {}, typed())
    for url in ("127.0.0.1:8000", "ftp://here", "nonsense"):
        with pytest.raises(StartupError, match="is not the address of a server"):
            await play(url, "eldorado", None, None, {}, typed())


def test_names_cannot_command_the_terminal() -> None:
    table = TableText("me")
    player = {"player_id": "you", "display_name": "\x1b[2Jclear", "seat": 1}
    table.state({"game": "relay", "phase": "lobby", "players": [player], "said": "you", "\x1bkey": "\x1b]0;title"})
    text = "\n".join([*table.table(), *table.event({"name": "said", "data": {"player_id": "you", "data": "\x07"}})])
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "said: [2Jclear" in text
