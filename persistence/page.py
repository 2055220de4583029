"""Keyset pages: one form of cursor for every list that is read page by page.

A list is ordered by a key that is unique, such as moment and id. Its cursor is the key of the last row of a page, so
the next page begins behind that row, whatever has been added meanwhile. Clients only hand cursors back.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson

from persistence.errors import MalformedCursor

Row = TypeVar("Row")


def _whole(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _finite(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError
    return float(value)


_KINDS: dict[type, Callable[[Any], Any]] = {int: _whole, float: _finite, datetime: _moment, UUID: UUID}


class Keyset:
    """The type of a list's key: int, float, datetime or UUID for each of its columns."""

    def __init__(self, *kinds: type) -> None:
        self._parsers = [_KINDS[kind] for kind in kinds]

    def encode(self, *key: Any) -> str:
        """Of A-Z, a-z, 0-9, - and _ alone: it may stand in an address as it is."""
        plain = orjson.dumps(key, option=orjson.OPT_PASSTHROUGH_DATETIME, default=_text)
        return base64.urlsafe_b64encode(plain).decode().rstrip("=")

    def decode(self, cursor: str) -> list[Any]:
        """The key of the last row that was seen. Raises MalformedCursor for what no list of this key has issued."""
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            return [parse(value) for parse, value in zip(self._parsers, values, strict=True)]
        except (ValueError, TypeError, AttributeError, OverflowError):
            raise MalformedCursor from None

    def cut(self, rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]) -> tuple[list[Row], str | None]:
        """A page of rows that were read with one more than `limit`, and the cursor of the next; None: the last."""
        page = list(rows[:limit])
        return page, self.encode(*key(page[-1])) if len(rows) > limit else None


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
