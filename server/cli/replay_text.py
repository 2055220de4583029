"""A recorded game as text: one line for each event, and the table after it. Pure.

Knows no game by name: it shows the keys that the game's view has. A card is recognised by the form of its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.games import match
from server.games.rules import Data, Game, PlayerId, State, Viewer
from server.rooms.audience.fanout import visible
from server.rooms.machine.effects import Record

_CARD = re.compile(r"d(\d):(clubs|diamonds|hearts|spades):(\w+)")
_SUITS = {"clubs": "♣", "diamonds": "♦", "hearts": "♥", "spades": "♠"}
_RED, _GREEN, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
_RED_CARD = re.compile(r"\w+[♦♥]'*")
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)))
_LINE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One event and the table after it. `hands`: the hands that may be shown, by player."""

    index: int
    at_ms: int
    name: str
    data: Data
    view: Data
    names: dict[PlayerId, str]
    hands: dict[PlayerId, list[str]]

    @classmethod
    def of(cls, game: Game[Any], record: Record, state: State[Any], viewer: Viewer, *, everything: bool) -> Snapshot:
        name, data = (record.event.name, record.data) if everything else visible(game, record, viewer)
        players = state.table.players.values()
        lookers: Iterable[Viewer] = [p.player_id for p in players] if everything else [viewer]
        hands = {looker: match.view(game, state, looker).get("hand") for looker in lookers if looker is not None}
        return cls(
            record.index,
            record.at_ms,
            name,
            data,
            match.view(game, state, viewer),
            {p.player_id: p.display_name.translate(_CONTROLS) for p in players},
            {player_id: list(hand) for player_id, hand in hands.items() if hand is not None},
        )


class TextRenderer:
    """Renders snapshots as text. `colour`: with the escape codes of terminals."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def line(self, snapshot: Snapshot) -> str:
        """The event in one line."""
        clock = datetime.fromtimestamp(snapshot.at_ms / 1000, UTC).strftime("%H:%M:%S")
        detail = "  ".join(f"{key}={named(value, snapshot.names)}" for key, value in snapshot.data.items())
        text = with_suits(f"{snapshot.index:>5}  {clock}  {snapshot.name:<22} {detail}")
        if len(text) > _LINE_CHARACTERS:
            text = text[: _LINE_CHARACTERS - 1] + "…"
        return _RED_CARD.sub(lambda found: self._ink(_RED, found[0]), text)

    def table(self, snapshot: Snapshot) -> list[str]:
        """The table: phase and round, then the players with their hands, then the trick."""
        view, round_ = snapshot.view, snapshot.view.get("round")
        head = self._ink(_BOLD, f"{view['game']}  {view['phase']}")
        if round_ is not None:
            trump = round_["trump_card"] or "not turned up"
            head += self._cards(
                f"  round {round_['round_index'] + 1}, {round_['cards_per_player']} cards, trump {trump}"
            )
        lines = [head, ""]
        lines += [self._player(snapshot, player) for player in view["players"]]
        trick = None if round_ is None else round_["trick"] or round_["last_trick"]
        if trick is not None:
            plays = "   ".join(f"{named(play['player_id'], snapshot.names)} {play['card']}" for play in trick["plays"])
            label = "trick" if "winning_card" not in trick else "last trick"
            lines += ["", self._cards(f"{label} {trick['trick_index'] + 1}:  {plays}")]
        return [*lines, "", *self.result(snapshot)]

    def result(self, snapshot: Snapshot) -> list[str]:
        """The scores, round by round, and the total."""
        view = snapshot.view
        scores, rounds = view.get("scores"), view.get("rounds") or ()
        if not scores:
            return []
        names = [(player_id, snapshot.names.get(player_id, player_id)) for player_id in scores]
        widths = [max(len(name), 8) for _, name in names]
        rows = [["round", *(name for _, name in names)]]
        for past in rounds:
            cells = [_outcome(past, player_id) for player_id, _ in names]
            rows.append([str(past["round_index"] + 1), *cells])
        rows.append(["total", *(str(score) for score in scores.values())])
        lines = [
            "  ".join([row[0].rjust(5), *(c.rjust(w) for c, w in zip(row[1:], widths, strict=True))]) for row in rows
        ]
        winners = ", ".join(snapshot.names.get(player, player) for player in view["winners"])
        return [*lines, f"won by {winners}"] if winners else lines

    def _player(self, snapshot: Snapshot, player: Data) -> str:
        who = player["player_id"]
        turn, round_ = snapshot.view.get("turn"), snapshot.view.get("round")
        moves = turn is not None and turn["player_id"] == who
        name = snapshot.names.get(who, who)
        parts = [self._ink(_GREEN + _BOLD, f"> {name:<24}") if moves else f"  {name:<24}"]
        if round_ is not None:
            bid = round_["bids"].get(who, "-")
            parts.append(f"{round_['tricks_won'].get(who, 0)}/{bid}")
        if player["status"] != "active":
            parts.append(self._ink(_DIM, player["status"]))
        hand = snapshot.hands.get(who)
        count = (snapshot.view.get("hand_counts") or {}).get(who)
        if hand is not None:
            parts.append(self._cards(" ".join(hand)))
        elif count:
            parts.append(f"{count} cards")
        return "  ".join(parts).rstrip()

    def _cards(self, text: str) -> str:
        return _CARD.sub(self._card, text)

    def _card(self, found: re.Match[str]) -> str:
        text = _suited(found)
        return self._ink(_RED, text) if found[2] in ("diamonds", "hearts") else text

    def _ink(self, code: str, text: str) -> str:
        return f"{code}{text}{_PLAIN}" if self._colour else text


def with_suits(text: str) -> str:
    """The text with card ids replaced by short names such as `K♠`; cards of a second deck get a mark."""
    return _CARD.sub(_suited, text)


def _suited(found: re.Match[str]) -> str:
    deck, suit, rank = found.groups()
    return f"{rank}{_SUITS[suit]}" + "'" * int(deck)


def _outcome(past: Data, player_id: PlayerId) -> str:
    """A player's points of a round, with tricks won and bid."""
    won, bid = past["tricks_won"].get(player_id), past["bids"].get(player_id)
    return f"{past['deltas'].get(player_id, 0):+d}" + ("" if bid is None else f" ({won}/{bid})")


def named(value: Any, names: dict[PlayerId, str]) -> str:
    """The value as short text: players by their names, without control characters."""
    if isinstance(value, str):
        return names.get(value, value).translate(_CONTROLS)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{named(key, names)}: {named(item, names)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(named(item, names) for item in value) + "]"
    return str(value)
