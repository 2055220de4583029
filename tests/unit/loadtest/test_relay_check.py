"""The check at the end of a relay run: what it accepts, and what it must not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from loadtest.api import Guest, Seat
from loadtest.connection import Connection
from loadtest.journal import Journal
from loadtest.relay import RelayClient, RelayLoad


def client(first_index: int) -> RelayClient:
    client = RelayClient(RelayLoad(), Seat("game", "ws://127.0.0.1", 0, Guest("player", "token")))
    client.on_connection(cast(Connection, SimpleNamespace(journal=Journal(), received_at_s=0.0)))
    for index in range(first_index, 2):
        hear(client, index, None)
    return client


def hear(client: RelayClient, index: int, number: int | None) -> None:
    data: dict[str, Any] = {} if number is None else {"data": {"n": number, "t": 0.0}}
    client.on_event({"index": index, "name": "player_joined" if number is None else "said", "data": data})


def room() -> list[RelayClient]:
    """Two sockets, the second came an event later; each has said something."""
    pair = [client(0), client(1)]
    for one in pair:
        hear(one, 2, 100)
        hear(one, 3, 101)
    pair[0].on_ack({"id": "100", "first": 2, "last": 2})
    pair[1].on_ack({"id": "101", "first": 3, "last": 3})
    return pair


def problems(room: list[RelayClient]) -> list[str]:
    load = RelayLoad()
    load.rooms = [room]
    return load.problems()


def test_an_honest_room_has_no_problems() -> None:
    assert problems(room()) == []


def lose_the_end(pair: list[RelayClient]) -> None:
    pair[1].received.pop()


def tell_another_story(pair: list[RelayClient]) -> None:
    pair[1].received[-1] = 999


def write_twice(pair: list[RelayClient]) -> None:
    for one in pair:
        hear(one, 4, 100)


def ack_what_is_not_there(pair: list[RelayClient]) -> None:
    pair[0].on_ack({"id": "102", "first": 4, "last": 4})


def ack_in_the_wrong_place(pair: list[RelayClient]) -> None:
    pair[0].acked[0] = (100, 3)


def apply_without_ack(pair: list[RelayClient]) -> None:
    pair[0].acked.clear()


def leave_unanswered(pair: list[RelayClient]) -> None:
    pair[0].waiting["103"] = 0.0


def apply_what_was_rejected(pair: list[RelayClient]) -> None:
    pair[0].rejected.append(101)


def cut(pair: list[RelayClient]) -> None:
    pair[0].on_closed(1006, "")


def skip(pair: list[RelayClient]) -> None:
    pair[0].connection.journal.event(7)


LIES = (
    lose_the_end,
    tell_another_story,
    write_twice,
    ack_what_is_not_there,
    ack_in_the_wrong_place,
    apply_without_ack,
    leave_unanswered,
    apply_what_was_rejected,
    cut,
    skip,
)


@pytest.mark.parametrize("lie", LIES, ids=[lie.__name__ for lie in LIES])
def test_every_lie_is_found(lie: Callable[[list[RelayClient]], None]) -> None:
    pair = room()
    lie(pair)
    assert problems(pair)
