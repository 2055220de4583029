"""The plan: the requested faults in an order that the seed decides."""

from __future__ import annotations

from collections import Counter

import pytest

from loadtest.chaos.plan import Fault, InvalidOption, counts, make_plan, possible

ALL = possible(own_server=True, own_postgres=True)


def test_cycles_are_spread_evenly_over_all_kinds() -> None:
    assert counts("all", 20, ALL) == {fault: 3 if place < 6 else 2 for place, fault in enumerate(Fault)}


def test_kinds_with_a_count_do_not_reduce_the_cycles_of_others() -> None:
    wanted = counts("kill-server:20, garbage,drop-sockets", 5, ALL)
    assert wanted == {Fault.KILL_SERVER: 20, Fault.GARBAGE: 3, Fault.DROP_SOCKETS: 2}


def test_a_later_count_overrides_an_earlier_one() -> None:
    assert counts("all:1,kill-server:5", 20, ALL) == {f: 5 if f is Fault.KILL_SERVER else 1 for f in Fault}


@pytest.mark.parametrize("asked", ["", "kill", "kill-server:", "kill-server:0", "kill-server:-1", "garbage:x", "all,"])
def test_invalid_faults_are_rejected(asked: str) -> None:
    with pytest.raises(InvalidOption):
        counts(asked, 20, ALL)


def test_zero_cycles_are_rejected() -> None:
    with pytest.raises(InvalidOption):
        counts("all", 0, ALL)


def test_faults_need_a_server_or_database_that_was_started_here() -> None:
    foreign_database = possible(own_server=True, own_postgres=False)
    assert set(Fault) - set(foreign_database) == {Fault.KILL_POSTGRES, Fault.FREEZE_POSTGRES}
    foreign_server = possible(own_server=False, own_postgres=False)
    assert set(foreign_server) == {Fault.DROP_SOCKETS, Fault.SLOW_READERS, Fault.GARBAGE}
    with pytest.raises(InvalidOption, match="started here"):
        counts("freeze-postgres", 20, foreign_database)
    assert Fault.KILL_SERVER not in counts("all", 20, foreign_server)


def test_the_same_seed_gives_the_same_plan() -> None:
    wanted = counts("all:10", 20, ALL)
    plan = make_plan(wanted, 7, 5.0)
    assert plan == make_plan(wanted, 7, 5.0)
    assert plan != make_plan(wanted, 8, 5.0)
    assert Counter(injection.fault for injection in plan.injections) == wanted
    assert [injection.number for injection in plan.injections] == list(range(1, 71))


def test_the_deadline_grows_with_the_plan() -> None:
    short, long = (make_plan({Fault.FREEZE_POSTGRES: 3}, 1, seconds) for seconds in (1.0, 100.0))
    assert long.deadline_s > short.deadline_s + 290
