"""A room that an operator has paused stands still until he lets it go on, whatever the database does meanwhile."""

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
    """What the first player was told."""
    return [(frame["paused"], frame["reason"]) for frame in table.seats[0].of_type("status")]


def mover(table: Table) -> int:
    return next(place for place, seat in enumerate(table.seats) if seat.turn is not None)


def database(table: Table, health: Health) -> None:
    was = table.log.health
    table.log.set_health(health)
    table.room.database(health, was=was)
    table.commit()


def test_nobody_runs_out_of_time(table: Table) -> None:
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
    assert "player_bid" not in table.names, "he gets his full time again"
    table.advance(2)
    assert "player_bid" in table.names
    assert statuses(table) == [(True, "operator"), (False, None)]
    table.assert_log_gives_the_live_state()


def test_what_is_sent_meanwhile_waits_for_a_while(table: Table) -> None:
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


async def test_nobody_new_sits_down_meanwhile() -> None:
    table = Table(relay.GAME, players=1)
    table.room.pauses.hold()
    newcomer: Frame = {"display_name": "New", "avatar_seed": "new", "color": "#010203"}
    with pytest.raises(RoomUnavailable):
        await table.room.join("newcomer", newcomer, spectator=False)
    host = table.seats[0]
    assert await table.room.join(host.player_id, host.profile, spectator=False) == 0


def test_whom_an_operator_may_put_out() -> None:
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


def test_who_is_put_out_while_it_is_his_turn_keeps_nobody_waiting(table: Table) -> None:
    out = table.seats[mover(table)]
    removed = removal(table.state.table, out.player_id)
    assert not isinstance(removed, Refusal)
    table.room.impose((removed,))
    table.commit()
    assert out.closed is not None
    assert "player_bid" in table.names
    table.play()
    table.assert_log_gives_the_live_state()
