"""Refused moves that are not counted: moves by an outdated view, and the same command sent again."""

from __future__ import annotations

from persistence.event_log.log import Health
from tests.support.virtual_table import Seat, VirtualTable


async def at_turn() -> tuple[VirtualTable, Seat]:
    table = VirtualTable(players=2)
    table.start()
    return table, next(seat for seat in table.seats if seat.turn is not None)


async def test_a_move_by_an_outdated_turn_is_not_counted() -> None:
    """The page is loaded again while a card is decided and not committed: it shows the turn once more."""
    table, seat = await at_turn()
    table.outage = True
    seat.command("bid", "first", value=1)
    for number in range(5):
        seat.connect()
        assert seat.turn is not None
        seat.command("bid", f"again-{number}", value=1)
    assert [reject["code"] for reject in seat.of_type("reject")] == ["not_your_turn"] * 5
    table.outage = False
    table.commit()
    assert "invalid_action" not in table.names
    assert "player_kicked" not in table.names
    assert seat.of_type("ack")[-1]["id"] == "first"


async def test_a_refused_command_that_is_sent_again_counts_once() -> None:
    table, seat = await at_turn()
    other = next(s for s in table.seats if s is not seat)
    for _ in range(5):
        other.command("bid", "same", value=1)
    assert len(other.of_type("reject")) == 5
    assert table.names.count("invalid_action") == 1
    for number in range(2):
        other.command("bid", f"other-{number}", value=1)
    assert table.names.count("invalid_action") == 3
    assert "player_kicked" in table.names


async def test_commands_that_waited_for_the_database_are_judged_like_others() -> None:
    table, seat = await at_turn()
    table.room.database(Health.PAUSED, was=Health.HEALTHY)
    seat.command("bid", value=99)
    assert "invalid_action" not in table.names
    table.room.database(Health.HEALTHY, was=Health.PAUSED)
    table.commit()
    assert seat.of_type("reject")[-1]["code"] == "invalid_bid"
