"""JSON as it is everywhere: what the server would write, but for the kinds of values that come back as others.

A set becomes a list, a key that is a number becomes a text: the log would give another state than the one played.
"""

from __future__ import annotations

from typing import Any

import orjson


def encode_json(value: Any) -> str:
    """Compact JSON. Raises TypeError for everything but maps with texts for keys, lists, tuples and plain values."""
    return orjson.dumps(value).decode()
