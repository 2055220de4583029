"""The tape: what is shown when, in virtual time."""

from __future__ import annotations

import pytest

from server import limits
from server.games.table_events import GamePaused
from server.replays.playback import Playback
from server.rooms.machine.effects import Record

EVENT = GamePaused("x")


def records(*times_ms: int, first: int = 1) -> list[Record]:
    return [Record(index, at_ms, EVENT, "{}") for index, at_ms in enumerate(times_ms, first)]


def tape(*times_ms: int) -> Playback:
    """Event 0 was shown at second 100; the others happened at these times after it."""
    made = Playback(len(times_ms))
    made.seek(0, 0, 100.0)
    made.load(records(*times_ms))
    return made


def shown(playback: Playback, now_s: float) -> list[int]:
    return [record.index for record in playback.take(now_s)]


@pytest.mark.parametrize("speed", [0.25, 1, 4, 64])
def test_as_much_time_passes_as_passed_in_the_game(speed: float) -> None:
    playback = tape(1000, 1500, 4500)
    playback.play(speed, 100.0)
    now_s = 100.0
    for index, gap_s in ((1, 1.0), (2, 0.5), (3, 3.0)):
        now_s += gap_s / speed
        assert playback.due_s == pytest.approx(now_s)
        assert shown(playback, now_s - 0.001) == []
        assert shown(playback, now_s) == [index]
    assert not playback.playing
    assert playback.due_s is None


def test_nobody_waits_long_for_somebody_who_thought() -> None:
    playback = tape(3_600_000)
    playback.play(2, 100.0)
    assert playback.due_s == 100.0 + limits.REPLAY_GAP_S / 2


def test_times_that_are_equal_or_go_back_pass_at_once() -> None:
    playback = tape(0, 0, -500)
    playback.play(1, 100.0)
    assert shown(playback, 100.0) == [1, 2, 3]


def test_a_pause_keeps_what_has_passed() -> None:
    playback = tape(4000)
    playback.play(1, 100.0)
    playback.pause(101.0)
    assert playback.due_s is None
    assert shown(playback, 500.0) == []
    playback.pause(600.0)  # once more changes nothing
    playback.play(None, 1000.0)
    assert playback.due_s == pytest.approx(1003.0)


def test_another_speed_shortens_what_is_left() -> None:
    playback = tape(4000)
    playback.play(1, 100.0)
    playback.play(4, 102.0)
    assert playback.due_s == pytest.approx(102.5)


def test_late_timers_don_t_add_up() -> None:
    playback = tape(1000, 2000, 3000)
    playback.play(1, 100.0)
    assert shown(playback, 101.4) == [1]
    assert shown(playback, 102.4) == [2]
    assert playback.due_s == pytest.approx(103.0)


def test_many_at_once_are_shown_in_steps() -> None:
    playback = tape(*[0] * (limits.REPLAY_STEP_EVENTS + 5))
    playback.play(64, 100.0)
    assert len(shown(playback, 100.0)) == limits.REPLAY_STEP_EVENTS
    assert playback.due_s == 100.0
    assert len(shown(playback, 100.0)) == 5


def test_what_is_missing_is_asked_for() -> None:
    playback = Playback(10)
    playback.seek(3, 0, 100.0)
    assert playback.wants is None, "paused: nothing is needed"
    playback.play(1, 100.0)
    assert playback.wants == 4
    playback.load(records(0, 0, first=4))
    assert playback.wants is None
    assert shown(playback, 100.0) == [4, 5]
    assert playback.wants == 6


def test_at_the_end_it_does_not_run() -> None:
    playback = tape(0)
    playback.seek(1, 0, 100.0)
    playback.play(1, 100.0)
    assert not playback.playing
    playback.play(1, 100.0, target=0)
    assert playback.playing, "on the way back it does"
