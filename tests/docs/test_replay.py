"""docs/replay.md names every frame of a replay, and the numbers of the code."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

from server import limits
from server.games import archive
from server.play.sockets import replay
from server.sessions import connection
from server.wire import from_viewer
from server.wire.close_codes import CloseCode
from tests.docs.pages import ROOT, codes, first_codes, page, rows, section

PAGE = page("replay")
SOCKET = section(PAGE, "Over a WebSocket")


def test_every_client_frame_is_described() -> None:
    known = {*re.findall(r'kind == "(\w+)"', inspect.getsource(from_viewer)), "sync", "ping"} - {"command"}
    assert {codes(row[0])[0] for row in rows(SOCKET) if not row[0].isdigit()} == known


def test_every_close_code_is_described() -> None:
    told = {(int(row[0]), codes(row[1])[0]) for row in rows(SOCKET) if row[0].isdigit()}
    source = inspect.getsource(replay) + inspect.getsource(connection)
    sent = {
        (CloseCode[close].value, code.lower())
        for close, code in re.findall(r"\.fail\(\s*CloseCode\.(\w+), (?:\"|ErrorCode\.)(\w+)", source)
    }
    of_every_socket = {(CloseCode.GOING_AWAY.value, "internal"), (CloseCode.RATE_LIMITED.value, "rate_limited")}
    assert told == sent - of_every_socket


def test_every_browser_key_is_described() -> None:
    told = [row[0] for row in rows(section(PAGE, "In the browser"))]
    texts = (ROOT / "server/web/games/eldorado/strings/en/replay.js").read_text()
    keys = re.findall(r"\['([^']+)', '", texts.partition("keys: [")[2])
    assert told == [*keys, "?"]


def test_every_terminal_option_is_described() -> None:
    told = {option for row in rows(section(PAGE, "In a terminal")) for option in codes(row[0])}
    command = [sys.executable, "-m", "server", "replay", "--help"]
    helped = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert told == set(re.findall(r"^  (--[a-z-]+)", helped, re.MULTILINE)) - {"--data-dir"}


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{limits.REPLAY_SPEED_MIN:g} to {limits.REPLAY_SPEED_MAX:g}" in PAGE
    assert f"at most {limits.REPLAY_GAP_S:.0f} seconds between two events" in PAGE
    assert f"within {limits.HELLO_S:.0f} seconds" in PAGE
    assert first_codes(SOCKET)


def test_every_key_of_an_export_is_described() -> None:
    told = [key for row in rows(section(PAGE, "Moving a game")) for key in codes(row[0])]
    assert sorted(told) == sorted((*archive._KEYS, "digest"))
    assert f"| `{archive.FORMAT}`, {archive.FORMAT_VERSION} |" in PAGE
    (events,) = [row[1] for row in rows(section(PAGE, "Moving a game")) if codes(row[0]) == ["events"]]
    assert set(codes(events)) == archive._EVENT_KEYS
