"""Identifiers of games: UUIDv7, so that they sort by the time of creation and the event log can be cut by month."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

_RANDOM_BITS = 74  # what a UUIDv7 leaves beside the time (48), the version (4) and the variant (2)
_LOW_BITS = 62
_last = 0


def new_game_id() -> str:
    """A new UUIDv7 in canonical text form, greater than every earlier one of this process."""
    global _last
    value = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    if value <= _last:  # the same millisecond, or the clock was set back
        value = _last + 1 + secrets.randbits(32)
    _last = value
    time_ms, random = value >> _RANDOM_BITS, value & ((1 << _RANDOM_BITS) - 1)
    high = time_ms << 16 | 0x7000 | random >> _LOW_BITS
    low = 0b10 << _LOW_BITS | random & ((1 << _LOW_BITS) - 1)
    return str(UUID(int=high << 64 | low))


def created_at_ms(game_id: str) -> int:
    """Milliseconds since 1970 at which a game id was made."""
    return UUID(game_id).int >> 80


def month_range(year: int, month: int) -> tuple[str, str]:
    """Bounds (inclusive, exclusive) of the ids of one month (UTC), which are those of the month's partition."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return _first_id(year, month), _first_id(*following)


def _first_id(year: int, month: int) -> str:
    time_ms = int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1000
    return str(UUID(int=time_ms << 80))
