"""A room whose bot thinks: it asks, takes the answer if it still waits for it, and never waits for ever."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from persistence.event_log.log import Health
from server.games.chance import Stream
from server.games.eldorado import Bid, PlayCard
from server.games.table_events import PlayerKicked
from server.rooms.machine.effects import Wait
from server.rooms.machine.thought import NoWorkers
from server.wire.close_codes import CloseCode
from tests.support.thoughts import ByHand, Here, WorkersTable
from tests.support.virtual_table import REGISTRY


def asked_table(**config: Any) -> tuple[WorkersTable, ByHand]:
    """One player and one bot of level strong, which is asked for its bid."""
    workers = ByHand()
    table = WorkersTable(workers, players=1, bots=1, level="strong", round_pause_ms=0, **config)
    table.start()
    table.play_while(lambda: not workers.requests)
    return table, workers


def bids(table: WorkersTable) -> list[Any]:
    return [row.payload for row in table.rows if row.type == "player_bid"]


def bot_of(table: WorkersTable) -> str:
    return next(player.player_id for player in table.state.table.seated() if player.is_bot)


def test_a_bot_gets_the_view_and_memory_of_its_seat_and_nothing_else() -> None:
    table, workers = asked_table()
    thought = workers.requests[0].thought
    hand = table.state.play.round.hands[bot_of(table)]
    other = table.state.play.round.hands[table.seats[0].player_id]
    assert tuple(thought.view["hand"]) == hand
    assert not any(card in repr(thought) for card in other)
    assert table.identity.session_seed not in repr(thought)
    assert thought.actions == tuple(Bid(value) for value in range(11))


def test_the_answer_of_a_bot_is_played() -> None:
    table, workers = asked_table()
    before = len(bids(table))
    table.advance(30)
    assert len(bids(table)) == before, "nothing happens until it has thought"
    workers.requests[0].give(Bid(7))
    table.commit()
    assert bids(table)[-1]["bid"] == 7
    assert bids(table)[-1]["forced"] is False


def test_without_an_answer_a_bot_plays_as_steady_would() -> None:
    table, workers = asked_table()
    thought = workers.requests[0].thought
    workers.requests[0].give(None)
    table.commit()
    steady = table.game.bot("steady").choose(thought.view, thought.actions, Stream(b"").draw)
    assert Bid(bids(table)[-1]["bid"]) == steady


def test_an_illegal_answer_becomes_the_forced_move() -> None:
    table, workers = asked_table()
    workers.requests[0].give(PlayCard("d0:hearts:K"))
    table.commit()
    assert bids(table)[-1]["forced"] is True


def test_an_answer_that_comes_twice_counts_once() -> None:
    table, workers = asked_table()
    workers.requests[0].give(Bid(7))
    table.commit()
    count = len(table.rows)
    workers.requests[0].give(Bid(8))
    table.commit()
    assert len(table.rows) == count


def test_other_events_do_not_disturb_a_thinking_bot() -> None:
    table, workers = asked_table()
    table.seats[0].command("update_profile", display_name="Somebody else")
    table.seats[0].disconnect()
    table.advance(3)
    assert "player_disconnected" in table.names
    assert len(workers.requests) == 1
    workers.requests[0].give(Bid(6))
    table.commit()
    assert bids(table)[-1]["bid"] == 6


def test_an_answer_after_the_deadline_is_ignored() -> None:
    table, workers = asked_table(turn_seconds=10)
    table.advance(10)
    assert bids(table)[-1]["forced"] is True
    count = len(bids(table))
    workers.requests[0].give(Bid(7))
    table.commit()
    assert len(bids(table)) == count


def test_an_outage_stops_a_thinking_bot_which_begins_again_afterwards() -> None:
    table, workers = asked_table()
    first = workers.requests[0]
    table.room.database(Health.PAUSED, was=Health.HEALTHY)
    assert first.withdrawn
    count = len(table.rows)
    first.give(Bid(7))
    table.advance(60)
    assert len(table.rows) == count
    assert len(workers.requests) == 1
    table.room.database(Health.HEALTHY, was=Health.PAUSED)
    table.advance(1)
    first.give(Bid(7))
    workers.requests[1].give(Bid(3))
    table.commit()
    assert bids(table)[-1]["bid"] == 3


def test_after_a_restart_a_bot_thinks_again() -> None:
    table, workers = asked_table()
    table.restart(5)
    table.advance(1)
    old, new = workers.requests
    count = len(table.rows)
    old.give(Bid(7))
    table.commit()
    assert len(table.rows) == count
    new.give(Bid(2))
    table.commit()
    assert bids(table)[-1]["bid"] == 2


def test_removing_a_thinking_bot_forces_its_move() -> None:
    """An operator does it; the move is forced, and its thought is for nothing."""
    table, workers = asked_table()
    table.room.impose([PlayerKicked(bot_of(table), "operator")])
    table.commit()
    assert bids(table)[-1]["forced"] is True
    count = len(table.rows)
    workers.requests[0].give(Bid(7))
    table.commit()
    assert len(table.rows) == count


def test_an_answer_is_ignored_when_the_game_waits_for_others() -> None:
    """In a game that waits for several at once."""
    table, workers = asked_table()
    core, human = table.room.core, table.seats[0].player_id
    assert core._wait is not None
    core._bot.follow(table.state, Wait(replace(core._wait.deadline, player_ids=(human,)), None), table.clock.now_ms())
    count = len(table.rows)
    workers.requests[0].give(Bid(7))
    table.commit()
    assert len(table.rows) == count


def test_a_closing_room_stops_its_thinking_bot() -> None:
    table, workers = asked_table()
    table.room.drain()
    assert workers.requests[0].withdrawn
    table, workers = asked_table()
    table.room.close("bug", CloseCode.GOING_AWAY, "internal")
    assert workers.requests[0].withdrawn
    count = len(table.rows)
    workers.requests[0].give(Bid(7))
    table.commit()
    assert len(table.rows) == count


def test_a_single_legal_move_needs_no_thought() -> None:
    workers = ByHand()
    table = WorkersTable(workers, bots=2, players=0, level="strong", rounds=10, round_pause_ms=0)
    table.room.resume("restart")
    while not table.is_over:
        table.advance(1)
        if workers.requests and (request := workers.requests[-1]) and not request.withdrawn:
            assert len(request.thought.actions) > 1
            request.withdrawn = True
            request.give(None)
            table.commit()
    cards = table.names.count("card_played") + table.names.count("player_bid")
    assert 0 < len(workers.requests) < cards


def test_whole_games_are_played_with_workers_and_without() -> None:
    for place in (NoWorkers, None):
        workers = ByHand()
        table = WorkersTable(workers, players=1, bots=3, level="strong", rounds=2, round_pause_ms=0)
        table.workers = NoWorkers(table.clock) if place else Here(REGISTRY, table.clock, 3, after_ms=20)
        table.room._alarms._workers = table.workers
        table.start()
        table.play()
        assert table.names[-1] == "game_completed"
        table.assert_log_gives_the_live_state()
