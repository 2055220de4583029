"""All chance of Parlor: streams of numbers that anybody with the seed can repeat. Standard library only.

The construction is called shuffle-v1 and is described, with test vectors, in docs/fairness.md. In short: a key is an
HMAC-SHA256 of a canonical JSON text under the game's session seed; a stream is the sequence of the HMAC-SHA256 of
0, 1, 2, ... under that key, read as 32-bit words; a number below k is drawn from it by rejection, so that every number
is exactly equally likely.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_WORDS = 2**32
_BLOCK = struct.Struct(">8I")
_BOT_LABEL = "parlor-bot-v1"
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


class Stream:
    """An endless sequence of fair numbers, the same for the same key. Mutable: it keeps its position."""

    __slots__ = ("_index", "_key", "_left", "_words")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._index = 0
        self._words: tuple[int, ...] = ()
        self._left = 0  # of these words, those that were not drawn yet; they are taken in their order

    def draw(self, k: int) -> int:
        """A number in 0..k-1. Takes at least one word of the stream, also for k = 1.

        Words at or above the highest multiple of k that fits into 32 bits are thrown away: a bare remainder would
        favour the low numbers.
        """
        if not 1 <= k <= _WORDS:
            raise ValueError(f"can't draw one of {k}")
        limit = _WORDS - _WORDS % k
        while True:
            if not self._left:
                block = hmac.digest(self._key, self._index.to_bytes(8, "big"), "sha256")
                self._index += 1
                self._words = _BLOCK.unpack(block)
                self._left = len(self._words)
            word = self._words[-self._left]
            self._left -= 1
            if word < limit:
                return word % k


def canonical(value: Any) -> str:
    """The JSON text that keys are made from: no spaces, nothing escaped that need not be.

    For lists, strings and whole numbers this is what `JSON.stringify` yields in a browser.
    """
    return _ENCODER.encode(value)


def commitment(game_id: str, session_seed: str) -> str:
    """The server publishes it before play: it fixes the seed without revealing it. 64 hex digits."""
    return hashlib.sha256(f"parlor-shuffle-v1:{game_id}:{session_seed}".encode()).hexdigest()


def round_key(session_seed: str, game_id: str, round_index: int, client_seeds: Iterable[tuple[int, str]]) -> bytes:
    """The key of one round's shuffle. `client_seeds`: (seat, seed) of everybody seated at the start, in seat order."""
    return _key(session_seed, [game_id, round_index, [[seat, seed] for seat, seed in client_seeds]])


def bot_stream(session_seed: str, game_id: str, *label: int | str) -> Stream:
    """The numbers of one decision of a bot, told apart by its label: for example its seat and the event index.

    No label makes it a shuffle's stream: those keys are made from texts that begin with a game id.
    """
    return Stream(_key(session_seed, [_BOT_LABEL, game_id, *label]))


def bot_draw(session_seed: str, game_id: str, *label: int | str) -> Callable[[int], int]:
    """`bot_stream(...).draw` for a decision that may need no random number: computes nothing before the first one."""
    stream: Stream | None = None

    def draw(k: int) -> int:
        nonlocal stream
        stream = stream or bot_stream(session_seed, game_id, *label)
        return stream.draw(k)

    return draw


def shuffle(items: Sequence[T], stream: Stream) -> tuple[T, ...]:
    """Fisher-Yates from the last index down to 1; every order is equally likely."""
    shuffled = list(items)
    for last in range(len(shuffled) - 1, 0, -1):
        drawn = stream.draw(last + 1)
        shuffled[last], shuffled[drawn] = shuffled[drawn], shuffled[last]
    return tuple(shuffled)


def _key(session_seed: str, message: list[Any]) -> bytes:
    return hmac.digest(bytes.fromhex(session_seed), canonical(message).encode(), "sha256")
