"""The check at the end of a relay run finds each kind of wrong log."""

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
        receive(client, index, None)
    return client


def receive(client: RelayClient, index: int, number: int | None) -> None:
    data: dict[str, Any] = {} if number is None else {"data": {"n": number, "t": 0.0}}
    client.on_event({"index": index, "name": "player_joined" if number is None else "said", "data": data})


def room() -> list[RelayClient]:
    """Two clients; the second connected an event later. Each has sent a message."""
    pair = [client(0), client(1)]
    for one in pair:
        receive(one, 2, 100)
        receive(one, 3, 101)
    pair[0].on_ack({"id": "100", "first": 2, "last": 2})
    pair[1].on_ack({"id": "101", "first": 3, "last": 3})
    return pair


def problems(room: list[RelayClient]) -> list[str]:
    load = RelayLoad()
    load.rooms = [room]
    return load.problems()


def test_a_correct_room_has_no_problems() -> None:
    assert problems(room()) == []


def lose_the_last_event(pair: list[RelayClient]) -> None:
    pair[1].received.pop()


def deliver_another_event(pair: list[RelayClient]) -> None:
    pair[1].received[-1] = 999


def write_a_message_twice(pair: list[RelayClient]) -> None:
    for one in pair:
        receive(one, 4, 100)


def ack_a_missing_event(pair: list[RelayClient]) -> None:
    pair[0].on_ack({"id": "102", "first": 4, "last": 4})


def ack_the_wrong_index(pair: list[RelayClient]) -> None:
    pair[0].acked[0] = (100, 3)


def apply_without_ack(pair: list[RelayClient]) -> None:
    pair[0].acked.clear()


def leave_unanswered(pair: list[RelayClient]) -> None:
    pair[0].waiting["103"] = 0.0


def apply_a_rejected_command(pair: list[RelayClient]) -> None:
    pair[0].rejected.append(101)


def close_abnormally(pair: list[RelayClient]) -> None:
    pair[0].on_closed(1006, "")


def skip_an_index(pair: list[RelayClient]) -> None:
    pair[0].connection.journal.event(7)


FAULTS = (
    lose_the_last_event,
    deliver_another_event,
    write_a_message_twice,
    ack_a_missing_event,
    ack_the_wrong_index,
    apply_without_ack,
    leave_unanswered,
    apply_a_rejected_command,
    close_abnormally,
    skip_an_index,
)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_every_fault_is_found(fault: Callable[[list[RelayClient]], None]) -> None:
    pair = room()
    fault(pair)
    assert problems(pair)
