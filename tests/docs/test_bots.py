"""docs/bots.md has the levels, settings and bounds of the code, and its bot thinks."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from server import limits
from server.games.chance import Stream
from server.games.eldorado import GAME, Bid
from server.games.rules import ThinkingBot
from server.metrics import ThoughtOutcome
from server.settings import variables
from tests.docs.pages import blocks, codes, page, rows, section

PAGE = page("bots")


def test_the_levels_are_those_of_the_code() -> None:
    first = PAGE.partition("## ")[0]
    assert [codes(row[0])[0] for row in rows(first)] == list(GAME.bot_levels)


def test_the_settings_and_bounds_are_those_of_the_code() -> None:
    served = section(PAGE, "On a server")
    named = {codes(row[0])[0]: row[1] for row in rows(served)}
    assert named.keys() == {variable for variable in variables() if variable.startswith("PARLOR_BOT_")}
    assert named["PARLOR_BOT_THINK_MS"] == str(limits.BOT_THINK_MS)
    assert f"(`nice` {limits.BOT_NICENESS})" in served
    assert f"{limits.BOT_THINK_MS_MIN} ms at least" in served
    assert f"its time and {limits.BOT_ANSWER_S:.0f} seconds" in served
    assert f"a full queue ({limits.THOUGHTS_WAITING_MAX} wait)" in served
    assert all(f"`{outcome}`" in served for outcome in ThoughtOutcome)


def test_the_options_are_those_of_the_command() -> None:
    options = set(re.findall(r"--[a-z][a-z-]+", PAGE))
    command = [sys.executable, "-m", "server", "bots", "--help"]
    helped = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert len(options) > 5
    assert options <= set(re.findall(r"--[a-z-]+", helped.stdout))


def test_the_measured_bots_exist() -> None:
    measured = section(PAGE, "How good they are")
    told = {(row[1], row[2]) for row in rows(measured)}
    assert told == {(a, b) for a in GAME.bot_levels for b in GAME.bot_levels if a != b}


@pytest.mark.parametrize("steps", [0, 3])
def test_the_example_bot_searches(steps: int) -> None:
    (code,) = blocks(PAGE, "python")
    names: dict[str, type[ThinkingBot]] = {"ThinkingBot": ThinkingBot}  # type: ignore[type-abstract]  # to be derived from
    exec(code, names)  # noqa: S102  # the page's own example
    deep = type("Deeper", (names["Deep"],), {"better": lambda self, best, view, actions, draw: actions[-1]})()
    left = [True] * steps
    command = deep.search({}, (Bid(0), Bid(1)), Stream(b"").draw, lambda: bool(left) and left.pop())
    assert command == Bid(1) if steps else command in (Bid(0), Bid(1))
