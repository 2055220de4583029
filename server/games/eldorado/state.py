"""The state of a running game. Maps are never mutated, they are replaced."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from server.games.eldorado.cards import SUIT_OF, Card, Hand, Suit
from server.games.rules import NOT_HASHED, Data, PlayerId
from server.games.table import Table


class Stage(StrEnum):
    """The part of a round; also the phase of the room."""

    BIDDING = "bidding"
    PLAYING = "playing"
    SCORING = "scoring"


class Trick(Struct, frozen=True, gc=False):
    """`plays`: (player, card) in the order of play. The winner is known once the trick is completed."""

    index: int
    leader: PlayerId
    plays: tuple[tuple[PlayerId, Card], ...] = ()
    winner: PlayerId | None = None
    winning_card: Card | None = None

    @property
    def led_suit(self) -> Suit | None:
        return SUIT_OF[self.plays[0][1]] if self.plays else None


class Deal(Struct, frozen=True, gc=False):
    """What stays the same from the deal to the end of the round.

    `players`: those dealt in, in seat order. Empty until the cards are dealt; `trump` None until it is turned up.
    """

    round_index: int
    cards_per_player: int
    dealer: PlayerId
    starter: PlayerId
    players: tuple[PlayerId, ...] = ()
    trump_card: Card | None = None
    trump: Suit | None = None


class Round(Struct, frozen=True, gc=False):
    """The round under way or, in the stage `SCORING`, the one just ended.

    `trick`: the one under way. `unheard`: players who were disconnected at the start and have made only forced
    moves since.
    `tricks`: the completed ones, for bots that remember them.
    """

    deal: Deal
    stage: Stage = Stage.BIDDING
    hands: Mapping[PlayerId, Hand] = {}
    bids: Mapping[PlayerId, int] = {}
    tricks_won: Mapping[PlayerId, int] = {}
    trump_broken: bool = False
    trick: Trick | None = None
    last_trick: Trick | None = None
    unheard: tuple[PlayerId, ...] = ()
    tricks: Annotated[tuple[Trick, ...], NOT_HASHED] = ()


class Play(Struct, frozen=True, gc=False):
    """The game. `players`: everybody who was seated at its start, in seat order; it never changes.

    `client_seeds`: (seat, seed) of each of them. `past`: one plain map a finished round {round_index, bids,
    tricks_won, deltas}. `round` None: nothing was dealt yet.
    """

    players: tuple[PlayerId, ...]
    client_seeds: tuple[tuple[int, str], ...]
    scores: Mapping[PlayerId, int]
    past: tuple[Data, ...] = ()
    round: Round | None = None


def setup(table: Table) -> Play:
    """The game before the first deal."""
    seated = table.seated()
    return Play(
        players=tuple(p.player_id for p in seated),
        client_seeds=tuple((p.seat, p.client_seed) for p in seated if p.seat is not None),
        scores={p.player_id: 0 for p in seated},
    )


def after(players: tuple[PlayerId, ...], player: PlayerId, steps: int = 1) -> PlayerId:
    """The player that many places clockwise of `player` among `players`."""
    return players[(players.index(player) + steps) % len(players)]


def turn(round_: Round | None) -> PlayerId | None:
    """The player to move, or None."""
    if round_ is None or round_.deal.trump_card is None:
        return None
    players, trick = round_.deal.players, round_.trick
    if trick is not None:
        first, moved = trick.leader, len(trick.plays)
    elif round_.stage is Stage.BIDDING:
        first, moved = round_.deal.starter, len(round_.bids)
    else:
        return None
    return after(players, first, moved) if moved < len(players) else None
