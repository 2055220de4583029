"""A room that an operator has paused stands still until the operator resumes it, whatever the database does."""

from __future__ import annotations

import pytest

from persistence.event_log.log import Health
from server.errors import RoomUnavailable
from server.games import relay
from server.games import table_events as ev
from server.games.eldorado import GAME
from server.games.rules import Refusal
from server.rooms.moderation import closing, removal
from server.testing.table import Frame, Table


@pytest.fixture
def table() -> Table:
    made = Table(GAME, players=2, turn_seconds=10, round_pause_ms=0)
    made.start()
    return made


def statuses(table: Table) -> list[tuple[bool, str | None]]:
    """The status frames that the first player was sent."""
    return [(frame["paused"], frame["reason"]) for frame in table.seats[0].of_type("status")]


def mover(table: Table) -> int:
    return next(place for place, seat in enumerate(table.seats) if seat.turn is not None)


def database(table: Table, health: Health) -> None:
    was = table.log.health
    table.log.set_health(health)
    table.room.database(health, was=was)
    table.commit()


def test_clocks_stand_still_in_a_pause(table: Table) -> None:
    seat = table.seats[mover(table)]
    table.advance(8)
    table.room.pauses.hold()
    table.advance(3600)
    assert "player_bid" not in table.names
    table.room.pauses.release()
    table.commit()
    (resumed,) = seat.named("game_resumed")
    assert resumed["data"] == {"reason": "operator", "downtime_ms": 3_600_000}
    table.advance(9)
    assert "player_bid" not in table.names, "the player gets the full time again"
    table.advance(2)
    assert "player_bid" in table.names
    assert statuses(table) == [(True, "operator"), (False, None)]
    table.assert_log_gives_the_live_state()


def test_commands_in_a_pause_wait_within_a_bound(table: Table) -> None:
    seat = table.seats[mover(table)]
    table.room.pauses.hold()
    late = seat.command("bid", value=1)
    table.advance(6)
    (refused,) = seat.of_type("reject")
    assert (refused["id"], refused["code"], refused["retryable"]) == (late, "unavailable", True)
    early = seat.command("bid", value=1)
    table.advance(1)
    table.room.pauses.release()
    table.commit()
    assert [ack["id"] for ack in seat.of_type("ack")][-1] == early


def test_an_outage_during_the_pause_does_not_end_it(table: Table) -> None:
    table.room.pauses.hold()
    database(table, Health.PAUSED)
    database(table, Health.HEALTHY)
    assert table.room.core.paused
    table.room.pauses.release()
    assert not table.room.core.paused
    assert statuses(table) == [(True, "operator"), (False, None)]


def test_the_pause_may_end_during_an_outage(table: Table) -> None:
    table.room.pauses.hold()
    database(table, Health.PAUSED)
    table.room.pauses.release()
    assert table.room.core.paused, "the database is still away"
    database(table, Health.HEALTHY)
    assert not table.room.core.paused
    assert statuses(table) == [(True, "operator"), (True, "database"), (False, None)]


async def test_nobody_takes_a_seat_in_a_pause() -> None:
    table = Table(relay.GAME, players=1)
    table.room.pauses.hold()
    newcomer: Frame = {"display_name": "New", "avatar_seed": "new", "color": "#010203"}
    with pytest.raises(RoomUnavailable):
        await table.room.join("newcomer", newcomer, spectator=False)
    host = table.seats[0]
    assert await table.room.join(host.player_id, host.profile, spectator=False) == 0


def test_operators_remove_people_anytime_and_bots_in_the_lobby() -> None:
    lobby = Table(GAME, players=2, bots=1).state.table
    bot = next(player for player in lobby.players.values() if player.is_bot)
    player = lobby.host_player_id
    assert removal(lobby, bot.player_id) == ev.BotRemoved(bot.player_id)
    assert removal(lobby, player) == ev.PlayerKicked(player, "operator")
    running = Table(GAME, players=1, bots=1, round_pause_ms=0)
    running.start()
    bot = next(player for player in running.state.table.players.values() if player.is_bot)
    refused = removal(running.state.table, bot.player_id)
    assert isinstance(refused, Refusal) and refused.code == "invalid_phase"
    running.play()
    for outcome in (removal(running.state.table, player), closing(running.state.table)):
        assert isinstance(outcome, Refusal)


def test_removing_the_player_to_move_forces_the_move(table: Table) -> None:
    out = table.seats[mover(table)]
    removed = removal(table.state.table, out.player_id)
    assert not isinstance(removed, Refusal)
    table.room.impose((removed,))
    table.commit()
    assert out.closed is not None
    assert "player_bid" in table.names
    table.play()
    table.assert_log_gives_the_live_state()
