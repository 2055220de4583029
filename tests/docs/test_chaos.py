"""docs/chaos.md names every fault, option and finding, and the defaults of the code."""

from __future__ import annotations

import re
import subprocess
import sys

from loadtest.chaos import report
from loadtest.chaos.plan import CUTS, Fault
from loadtest.chaos.run import ChaosOptions
from tests.docs.pages import ROOT, codes, page, rows, section

PAGE = page("chaos")
DEFAULTS = {
    "--faults": "faults",
    "--cycles": "cycles",
    "--rooms": "rooms",
    "--rate": "rate",
    "--freeze-s": "freeze_s",
    "--durability": "durability",
}


def test_the_options_and_defaults_are_those_of_the_command() -> None:
    told = {codes(row[0])[0]: row[1].strip("`") for row in rows(PAGE.partition("## ")[0])}
    helped = subprocess.run(
        [sys.executable, "-m", "server", "chaos", "--help"], capture_output=True, text=True, timeout=30, check=True
    )
    assert set(told) == set(re.findall(r"^  (--[a-z-]+)", helped.stdout, re.MULTILINE))
    options = ChaosOptions()
    for option, field in DEFAULTS.items():
        default = getattr(options, field)
        assert told[option] == (default if isinstance(default, str) else f"{default:g}"), option


def test_every_fault_is_described() -> None:
    cycle = section(PAGE, "A cycle")
    assert [codes(row[0])[0] for row in rows(cycle)] == [fault.value for fault in Fault]
    line = cycle.partition("**The line to the database**")[2]
    assert set(codes(line)) == set(CUTS)


def test_every_finding_is_described() -> None:
    assert [row[0] for row in rows(section(PAGE, "What is checked"))] == list(report.TITLES.values())


def test_the_long_run_has_the_faults_of_the_page() -> None:
    (kinds,) = re.findall(r"^CHAOS_LONG := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    total = sum(int(kind.partition(":")[2]) for kind in kinds.split(","))
    assert f"{total:,} faults" in PAGE
