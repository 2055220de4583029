"""Finds cards in frames that their viewer may not know yet. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

_CARD = re.compile(rb"d\d+:[a-z]+:\w+")
_SEED = re.compile(rb'"session_seed":"')


class HiddenInformationCheck:
    """Knows what one viewer of an El Dorado game may know, from the viewer's own frames. `player_id` None: a spectator.

    `problem(frame)` takes each frame in order; returns what is wrong with it, or None.
    """

    def __init__(self, player_id: str | None) -> None:
        self._player_id = player_id
        self._known: set[str] = set()
        self._last_index = -1
        self._over = False

    def problem(self, frame: Mapping[str, Any]) -> str | None:
        kind = frame["type"]
        self._over = self._over or frame.get("name") == "game_completed" or _is_final(frame)
        if self._over:
            return None  # the seed is public now, and with it all cards
        encoded = orjson.dumps(frame)
        named = {card.decode() for card in _CARD.findall(encoded)}
        problem = None
        if kind == "event":
            problem = self._event(frame, named)
        elif kind == "state":
            problem = self._state(frame)
        if problem is None and not named <= self._known:
            problem = f"named {', '.join(sorted(named - self._known)[:3])}"
        if problem is None and _SEED.search(encoded):
            problem = "showed the seed of the shuffles"
        if problem is not None:
            self._known |= named  # reported once
            return f"{kind} {frame.get('name', '')} {frame.get('index', '')}".rstrip() + f" {problem}"
        return None

    def _event(self, frame: Mapping[str, Any], named: set[str]) -> str | None:
        name, data = frame["name"], frame["data"]
        self._last_index = frame["index"]
        if name == "cards_dealt":
            hands = data["hands"]
            mine = hands.get(self._player_id, ())
            self._known = set(mine)
            if others := set(hands) - {self._player_id}:
                return f"showed the hand of {others.pop()}"
        elif name in ("trump_revealed", "card_played"):
            self._known |= named
        return None

    def _state(self, frame: Mapping[str, Any]) -> str | None:
        """A view may show what earlier events have shown. If some did not arrive, the view replaces them."""
        view = frame["view"]
        hand = view.get("hand") or []
        if frame["index"] > self._last_index:
            self._last_index = frame["index"]
            in_round = {key: value for key, value in (view.get("round") or {}).items() if key != "hands"}
            self._known = {card.decode() for card in _CARD.findall(orjson.dumps(in_round))} | set(hand)
        due = (view.get("hand_counts") or {}).get(self._player_id, 0)
        return None if len(hand) == due else f"showed {len(hand)} cards as a hand of {due}"


def _is_final(frame: Mapping[str, Any]) -> bool:
    return bool(frame["type"] == "state" and frame["view"]["phase"] == "completed")
