"""How long the tests of each folder took, printed at the end of a run beside what a folder should take at most.

The times are those of the workers added up, with what the tests set up and tear down. On a busy machine they are
longer, so nothing here fails a run.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

WINGS = ("unit", "integration", "acceptance", "web")
"""Kinds of tests whose folders are the wings."""
BUDGETS_S = {"unit": 3, "integration": 45, "acceptance": 45}
"""A wing's, by kind."""
STORY_S = 15
"""One test in a browser."""
WORTH_ORDERING_S = 2


def file_of(test: str) -> str:
    """The file of a test's id: `tests/unit/test_x.py` of `tests/unit/test_x.py::test_y[1]`."""
    return test.split("::", 1)[0]


def folder_of(test: str) -> str:
    """What a test's time is counted for: `unit/play`, `acceptance`, `faults`."""
    _, *folders, _ = file_of(test).split("/")
    return "/".join(folders[: 2 if folders and folders[0] in WINGS else 1]) or "."


def budget_of(folder: str) -> int | None:
    kind, _, wing = folder.partition("/")
    return BUDGETS_S.get(kind) if wing else None


class Budget:
    """Adds up what the reports say; with xdist, in the process that hears of all workers."""

    def __init__(self, results: Path) -> None:
        self._results = results
        self._seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        folders: dict[str, float] = defaultdict(float)
        files: dict[str, float] = defaultdict(float)
        for test, seconds in self._seconds.items():
            folders[folder_of(test)] += seconds
            files[file_of(test)] += seconds
        terminalreporter.section("seconds of all workers, per folder")
        for folder, seconds in sorted(folders.items(), key=lambda entry: -entry[1]):
            budget = budget_of(folder)
            note = "" if budget is None else f"  of {budget}" + ("  OVER" if seconds > budget else "")
            terminalreporter.line(f"{seconds:8.1f}  {folder}{note}")
        terminalreporter.line(f"{sum(folders.values()):8.1f}  in all")
        for test, seconds in self._seconds.items():
            if folder_of(test).startswith("web") and seconds > STORY_S:
                terminalreporter.line(f"{seconds:8.1f}  of {STORY_S}  OVER  {test}")
        self._results.mkdir(exist_ok=True)
        longest = sorted(((s, file) for file, s in files.items() if s >= WORTH_ORDERING_S), reverse=True)
        table = {file: round(seconds, 1) for seconds, file in longest}
        (self._results / "seconds_per_file.json").write_text(json.dumps(table, indent=2) + "\n")
