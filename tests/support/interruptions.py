"""Things that happen at a table while a game runs, for `play_game(interrupt=...)`."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from server.games import table_events as ev
from server.games.rules import Event, State
from server.games.table import Status
from tests.support.whole_games import Interruptions, player_id


def script(happenings: Mapping[int, Sequence[Event]]) -> Interruptions:
    """Each entry happens once, as soon as the log holds that many events."""
    waiting = sorted(happenings.items())

    def interrupt(state: State[Any], count: int) -> list[Event]:
        due: list[Event] = []
        while waiting and waiting[0][0] <= count:
            due += waiting.pop(0)[1]
        return due

    return interrupt


def restless(seed: int, one_in: int = 25) -> Interruptions:
    """Players drop out, come back, leave for good, are thrown out and misplay, at random. Repeatable."""
    dice = random.Random(seed)

    def interrupt(state: State[Any], count: int) -> list[Event]:
        if dice.randrange(one_in):
            return []
        who = dice.choice(sorted(state.table.players))
        status = state.table.players[who].status
        if status is Status.ACTIVE:
            return [
                dice.choice(
                    [
                        ev.PlayerDisconnected(who),
                        ev.PlayerDisconnected(who),
                        ev.PlayerLeft(who),
                        ev.PlayerKicked(who, "forged"),
                        ev.PlayerBecameSpectator(who),
                        ev.InvalidAction(who, "play_card", "must_follow_suit"),
                        ev.GamePaused("database"),
                    ]
                )
            ]
        return [ev.PlayerReconnected(who)] if state.table.players[who].seat is not None else []

    return interrupt


def away(seat: int, first: int, last: int) -> Interruptions:
    """One player is disconnected from one number of events to another."""
    return script({first: [ev.PlayerDisconnected(player_id(seat))], last: [ev.PlayerReconnected(player_id(seat))]})
