"""Cursors of lists: they come back as they were, and nothing else is taken for one."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from persistence.errors import MalformedCursor
from persistence.page import Keyset

KEY = (3, -0.1, datetime(2026, 2, 3, 4, 5, 6, 7, tzinfo=UTC), UUID("01890000-0000-7000-8000-000000000000"))
PAGES = Keyset(int, float, datetime, UUID)


def made_up(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_key_comes_back_from_its_cursor() -> None:
    cursor = PAGES.encode(*KEY)
    assert PAGES.decode(cursor) == list(KEY)
    assert re.fullmatch(r"[\w-]+", cursor, re.ASCII), "it stands in an address as it is"


def test_pages_follow_each_other_to_the_end() -> None:
    numbers, seen, cursor = Keyset(int), [], None
    while True:
        start = 0 if cursor is None else numbers.decode(cursor)[0] + 1
        page, cursor = numbers.cut(list(range(start, 7))[:4], 3, lambda row: (row,))
        seen += page
        if cursor is None:
            break
    assert seen == list(range(7))
    assert numbers.cut([], 3, lambda row: (row,)) == ([], None)


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "é", "====", "\x00", "01890000-0000-7000-8000-000000000000",
        made_up("{}"), made_up("[1]"), made_up("7"),
        made_up('["3",0.5,"2026-02-03T04:05:06+00:00","01890000-0000-7000-8000-000000000000"]'),
        made_up('[true,0.5,"2026-02-03T04:05:06+00:00","01890000-0000-7000-8000-000000000000"]'),
        made_up('[9999999999999999999,0.5,"2026-02-03T04:05:06+00:00","01890000-0000-7000-8000-000000000000"]'),
        made_up('[3,0.5,"2026-02-03T04:05:06","01890000-0000-7000-8000-000000000000"]'),
        made_up('[3,0.5,"0001-01-01T00:00:00+23:00","01890000-0000-7000-8000-000000000000"]'),
        made_up('[3,0.5,7,"01890000-0000-7000-8000-000000000000"]'),
        made_up('[3,0.5,"2026-02-03T04:05:06+00:00",8]'),
    ],
)  # fmt: skip
def test_what_no_list_has_issued_is_refused(cursor: str) -> None:
    with pytest.raises(MalformedCursor):
        PAGES.decode(cursor)
