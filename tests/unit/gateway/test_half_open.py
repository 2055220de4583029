"""Which connection is cut when too many have sent no whole request."""

from __future__ import annotations

from server.gateway.half_open import HalfOpen
from server.metrics import Cut


class Connection:
    """Keeps why it was cut."""

    def __init__(self) -> None:
        self.reason: Cut | None = None

    def cut(self, reason: Cut) -> None:
        assert self.reason is None
        self.reason = reason


def crowd(count: int) -> list[Connection]:
    return [Connection() for _ in range(count)]


def reasons(connections: list[Connection]) -> list[Cut | None]:
    return [connection.reason for connection in connections]


def test_the_oldest_connection_of_an_address_is_cut() -> None:
    half_open = HalfOpen(total_max=100, per_address_max=2)
    mine, others = crowd(4), crowd(2)
    for connection in others:
        half_open.enter(connection, "b")
    for connection in mine:
        half_open.enter(connection, "a")
    assert reasons(mine) == [Cut.CROWDED, Cut.CROWDED, None, None]
    assert reasons(others) == [None, None]
    assert len(half_open) == 4


def test_the_oldest_connection_of_all_is_cut() -> None:
    half_open = HalfOpen(total_max=3, per_address_max=3)
    connections = crowd(5)
    for number, connection in enumerate(connections):
        half_open.enter(connection, None if number % 2 else str(number))
    assert reasons(connections) == [Cut.CROWDED, Cut.CROWDED, None, None, None]


def test_connections_that_sent_their_request_do_not_count() -> None:
    half_open = HalfOpen(total_max=2, per_address_max=2)
    for _ in range(10):
        (connection,) = crowd(1)
        half_open.enter(connection, "a")
        half_open.leave(connection)
        half_open.leave(connection)
        assert connection.reason is None
    assert len(half_open) == 0
    assert half_open._by_address == {}, "nothing is kept of an address that is gone"


def test_entering_again_keeps_the_position() -> None:
    half_open = HalfOpen(total_max=2, per_address_max=9)
    first, second, third = crowd(3)
    half_open.enter(first, "a")
    half_open.enter(second, "a")
    half_open.enter(first, "a")
    half_open.enter(third, "a")
    assert reasons([first, second, third]) == [Cut.CROWDED, None, None]
