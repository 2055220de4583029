"""Which faults are injected, and when: drawn from the seed before the simulation begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.database_connection import RequestFault

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation


class Fault(StrEnum):
    LATE = "a request or its answer takes long"
    LOST = "the connection breaks around a request"
    SWALLOWED = "a request or its answer disappears"
    ERROR = "the server reports an error of its own"
    CUT = "the network between a node and the database breaks"
    FREEZE = "the database does nothing for a while"
    KILL = "the database is killed and comes back"
    POISON = "the database refuses a row"
    CRASH = "a node is killed and comes back"
    STOP = "a node is stopped gracefully and comes back"
    TAKEOVER = "clients go to another node; the first one is not told"
    REWIND = "the database fails over to a replica that lacks the last commits"


WEIGHTS = {
    Fault.LATE: 4,
    Fault.LOST: 8,
    Fault.SWALLOWED: 3,
    Fault.ERROR: 3,
    Fault.CUT: 3,
    Fault.FREEZE: 2,
    Fault.KILL: 2,
    Fault.POISON: 1,
    Fault.CRASH: 3,
    Fault.STOP: 1,
    Fault.TAKEOVER: 3,
    Fault.REWIND: 0,
}
"""How often each kind is drawn."""

REWINDS = WEIGHTS | {Fault.REWIND: 8}
"""Includes the fault after which not all guarantees can hold."""

_STATEMENTS = (None, "append", "append", "append", "append", "commit", "heads", "claim", "read", "begin")
_ERRORS = ("57P01", "53300", "25006")
_COLLISIONS = ("40P01", "40001", "55P03")  # only for statements that take locks


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A planned fault. `seconds`: its duration; `dice` (0 to 1): decides its details."""

    at_s: float
    fault: Fault
    seconds: float
    dice: float
    statement: str | None


def plan(random: Random, until_s: float, weights: dict[Fault, int]) -> list[PlannedFault]:
    """Draw the faults of one simulation, in order of time."""
    kinds = list(weights)
    chosen = random.choices(kinds, [weights[kind] for kind in kinds], k=random.randint(3, 12))
    while chosen.count(Fault.POISON) > 1:  # a room whose rows are refused twice is no longer loaded
        chosen.remove(Fault.POISON)
    made = [
        PlannedFault(
            random.uniform(0.0, until_s),
            fault,
            random.choice((0.01, 0.2, 1.0, 3.0, 7.0, 12.0)) * random.uniform(0.5, 1.5),
            random.random(),
            random.choice(_STATEMENTS),
        )
        for fault in chosen
    ]
    return sorted(made, key=lambda planned: planned.at_s)


def inject(simulation: Simulation, planned: PlannedFault) -> None:
    """Inject a planned fault."""
    simulation.note(
        f"FAULT {planned.fault.name} {planned.seconds:.3f} s {planned.statement or 'any'} {planned.dice:.3f}"
    )
    _INJECTIONS[planned.fault](simulation, planned)


def _request(kinds: tuple[str, ...]) -> Callable[[Simulation, PlannedFault], None]:
    def arm(simulation: Simulation, planned: PlannedFault) -> None:
        kind = kinds[int(planned.dice * len(kinds))]
        simulation.node.network.request_faults.append(RequestFault(kind, planned.seconds, planned.statement))

    return arm


def _error(simulation: Simulation, planned: PlannedFault) -> None:
    codes = _ERRORS + _COLLISIONS if planned.statement in ("append", "claim") else _ERRORS
    code = codes[int(planned.dice * len(codes))]
    simulation.node.network.request_faults.append(RequestFault(f"error {code}", 0.0, planned.statement))


def _poison(simulation: Simulation, planned: PlannedFault) -> None:
    simulation.server.poisoned = f'"{"ab"[int(planned.dice * 2)]}1:'
    simulation.loop.call_later(planned.seconds, simulation.cure)


def _crash(simulation: Simulation, planned: PlannedFault) -> None:
    simulation.crash(down_s=min(planned.seconds, 5.0))


def _takeover(simulation: Simulation, planned: PlannedFault) -> None:
    simulation.take_over()


_INJECTIONS: dict[Fault, Callable[[Simulation, PlannedFault], None]] = {
    Fault.LATE: _request(("request late", "answer late")),
    Fault.LOST: _request(("request lost", "answer lost")),
    Fault.SWALLOWED: _request(("request swallowed", "answer swallowed")),
    Fault.ERROR: _error,
    Fault.CUT: lambda simulation, planned: simulation.node.network.cut(planned.seconds),
    Fault.FREEZE: lambda simulation, planned: simulation.server.freeze(planned.seconds),
    Fault.KILL: lambda simulation, planned: simulation.server.kill(planned.seconds),
    Fault.POISON: _poison,
    Fault.CRASH: _crash,
    Fault.STOP: lambda simulation, planned: simulation.stop(down_s=min(planned.seconds, 5.0)),
    Fault.TAKEOVER: _takeover,
    Fault.REWIND: lambda simulation, planned: simulation.rewind(1 + int(planned.dice * 6), min(planned.seconds, 5.0)),
}
