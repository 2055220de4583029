"""Events in one line each."""

from __future__ import annotations

import pytest

from server.cli.replay_text import Snapshot, TextRenderer

HANDS = {f"p{seat}": [f"d{deck}:{suit}:10" for deck in (0, 1) for suit in ("spades", "hearts")] for seat in range(12)}


@pytest.mark.parametrize("name", ["A" * length for length in range(20)])
def test_a_long_line_is_cut_between_what_is_drawn(name: str) -> None:
    """Wherever the cut falls, no card is left as it is written in the log."""
    snapshot = Snapshot(7, 1_790_000_000_000, "cards_dealt", {"who": name, "hands": HANDS}, {}, {}, {})
    line = TextRenderer(colour=False).line(snapshot)
    assert len(line) == 200
    assert line.endswith("…")
    assert "10♠" in line
    assert "spades" not in line


def test_red_cards_are_red() -> None:
    snapshot = Snapshot(7, 0, "card_played", {"card": "d1:hearts:Q", "led": "d0:clubs:2"}, {}, {}, {})
    assert TextRenderer(colour=True).line(snapshot).endswith("card=\x1b[31mQ♥'\x1b[0m  led=2♣")
