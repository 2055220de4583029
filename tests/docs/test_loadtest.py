"""docs/loadtest.md names every scenario, and only options that exist."""

from __future__ import annotations

import re
import subprocess
import sys

from loadtest.load.settings import SCENARIOS
from tests.docs.pages import codes, page, rows, section

PAGE = page("loadtest")


def test_every_scenario_is_described() -> None:
    told = [codes(row[0])[0] for row in rows(section(PAGE, "Scenarios"))]
    assert sorted(told) == sorted(path.stem for path in SCENARIOS.glob("*.toml"))


def test_every_option_exists() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "server", "loadtest", "--help"], capture_output=True, text=True, timeout=30, check=True
    )
    named = set(re.findall(r"--[a-z][a-z-]*", PAGE))
    assert named <= set(re.findall(r"--[a-z][a-z-]*", helped.stdout))
