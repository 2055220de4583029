"""Which test files come first: the longest, so that no worker is left alone with a long one at the end.

`seconds_per_file.json` holds how long files took in an earlier run of everything on a quiet machine; the others come
after them. To renew it, copy `test-results/seconds_per_file.json` over it after such a run.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.budget import file_of

SECONDS = Path(__file__).with_name("seconds_per_file.json")


def longest_first(items: list[pytest.Item]) -> None:
    """Sort the files; within a file nothing changes. Every worker finds the same order, as xdist demands."""
    seconds: dict[str, float] = json.loads(SECONDS.read_text())
    items.sort(key=lambda item: -seconds.get(file_of(item.nodeid), 0.0))
