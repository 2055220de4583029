"""What tests can make the log in memory do, beyond what every log does."""

from __future__ import annotations

from persistence.event_log.log import Health, LossReason
from persistence.event_log.memory import MemoryLog
from persistence.ids import new_game_id
from tests.support.event_logs import Explodes, Recorder, event, read


async def test_refusing_on_demand() -> None:
    log, room = MemoryLog(), Recorder()
    stream = log.open(new_game_id(), -1, 1, room)
    log.refuse_next(stream.game_id, "disk of cheese")
    log.append(stream, [event(0)])
    loss = await room.is_lost()
    assert (loss.reason, loss.first_index, loss.detail) == (LossReason.REFUSED, 0, "disk of cheese")
    again = Recorder()
    log.append(log.open(stream.game_id, -1, 1, again), [event(0)])
    await again.reaches(0)


async def test_writes_are_remembered() -> None:
    log, room = MemoryLog(), Recorder()
    stream = log.open(new_game_id(), -1, 1, room)
    log.append(stream, [event(0)], [Explodes()])
    await room.reaches(0)
    assert log.store.game(stream.game_id).writes == [Explodes()]


async def test_a_restart() -> None:
    log, room = MemoryLog(), Recorder()
    stream = log.open(new_game_id(), -1, 1, room)
    log.hold()
    log.append(stream, [event(0)])
    log.release()
    assert room.heads == [0]
    log.hold()
    log.append(stream, [event(1)])  # dies with the process
    after = MemoryLog(log.store)
    assert len(await read(after, stream.game_id)) == 1


def test_pretended_health() -> None:
    log, seen = MemoryLog(), list[Health]()
    log.watch(seen.append)
    log.set_health(Health.PAUSED)
    log.set_health(Health.PAUSED)
    assert seen == [Health.PAUSED]
    assert log.health is Health.PAUSED
