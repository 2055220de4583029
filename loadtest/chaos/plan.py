"""Which faults are injected, and when: drawn from a seed before the run, so that it can be repeated. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Fault(Enum):
    """A kind of fault; the value is its name on the command line."""

    KILL_SERVER = "kill-server"
    KILL_POSTGRES = "kill-postgres"
    FREEZE_POSTGRES = "freeze-postgres"
    CUT_CONNECTION = "cut-connection"
    DROP_SOCKETS = "drop-sockets"
    SLOW_READERS = "slow-readers"
    GARBAGE = "garbage"


CUTS = ("requests", "answers", "commit", "late")
"""Where the connection to the database breaks, see `proxy`."""

_NEEDS_OUR_SERVER = {Fault.KILL_SERVER, Fault.CUT_CONNECTION}
_NEEDS_OUR_POSTGRES = {Fault.KILL_POSTGRES, Fault.FREEZE_POSTGRES}
_ALLOWANCE_S = {
    Fault.KILL_SERVER: 20.0,
    Fault.KILL_POSTGRES: 20.0,
    Fault.FREEZE_POSTGRES: 20.0,
    Fault.CUT_CONNECTION: 4.0,
    Fault.DROP_SOCKETS: 8.0,
    Fault.SLOW_READERS: 45.0,
    Fault.GARBAGE: 20.0,
}
_START_AND_END_S = 300.0
_REQUEST_BYTES, _ANSWER_BYTES = 6000, 300  # about the size of some commits


class InvalidOption(ValueError):
    """An option is invalid or impossible; the message is for the person who ran the command."""


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault. `pause_s`: undisturbed time before it. `detail`: parameters of this kind of fault."""

    number: int
    fault: Fault
    pause_s: float
    detail: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"number": self.number, "fault": self.fault.value, "pause_s": self.pause_s, **self.detail}


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    injections: tuple[Injection, ...]

    @property
    def deadline_s(self) -> float:
        """Far more than the run needs: a run that takes longer hangs."""
        return _START_AND_END_S + sum(
            _ALLOWANCE_S[one.fault] + one.pause_s + float(one.detail.get("seconds", 0.0)) for one in self.injections
        )


def possible(*, own_server: bool, own_postgres: bool) -> tuple[Fault, ...]:
    """The faults that can be injected into this system."""
    return tuple(
        fault
        for fault in Fault
        if (own_server or fault not in _NEEDS_OUR_SERVER) and (own_postgres or fault not in _NEEDS_OUR_POSTGRES)
    )


def counts(requested: str, cycles: int, available: Sequence[Fault]) -> dict[Fault, int]:
    """The number of each fault, from `all`, `kind,kind` or `kind:count,kind`. Raises BadRequest.

    `cycles` is spread evenly over the kinds without a count; the first ones get the remainder.
    """
    if cycles < 1:
        raise InvalidOption("--cycles: at least 1")
    wanted: dict[Fault, int | None] = {}
    for part in requested.split(","):
        name, colon, number = part.strip().partition(":")
        if name == "all":
            wanted |= {fault: _count(part, number) if colon else None for fault in available}
        else:
            wanted[_known(name, available)] = _count(part, number) if colon else None
    open_ended = [fault for fault, count in wanted.items() if count is None]
    share, left = divmod(cycles, len(open_ended)) if open_ended else (0, 0)
    shares = {fault: share + (place < left) for place, fault in enumerate(open_ended)}
    return {fault: shares[fault] if count is None else count for fault, count in wanted.items()}


def _known(name: str, available: Sequence[Fault]) -> Fault:
    try:
        fault = Fault(name)
    except ValueError:
        raise InvalidOption(f"--faults: {name!r} is not one of {', '.join(f.value for f in Fault)}, all") from None
    if fault not in available:
        owner = "a server" if fault in _NEEDS_OUR_SERVER else "a database"
        raise InvalidOption(f"--faults: {name} needs {owner} that was started here")
    return fault


def _count(part: str, number: str) -> int:
    if not number.isdecimal() or not 1 <= int(number) <= 100_000:
        raise InvalidOption(f"--faults: {part!r} has no count from 1 to 100000 after its colon")
    return int(number)


def make_plan(wanted: Mapping[Fault, int], seed: int, freeze_s: float) -> Plan:
    """The same arguments give the same plan."""
    draw = random.Random(seed)
    order = [fault for fault in Fault for _ in range(wanted.get(fault, 0))]
    draw.shuffle(order)
    return Plan(seed, tuple(_injection(number, fault, draw, freeze_s) for number, fault in enumerate(order, 1)))


def _injection(number: int, fault: Fault, draw: random.Random, freeze_s: float) -> Injection:
    pause_s = round(draw.uniform(0.0, 0.05) if fault is Fault.CUT_CONNECTION else draw.uniform(0.2, 0.8), 3)
    detail: dict[str, Any]
    match fault:
        case Fault.KILL_SERVER:
            detail = {"held_s": draw.choice((0.0, round(draw.uniform(0.1, 0.6), 2)))}
        case Fault.KILL_POSTGRES:
            detail = {"processes": draw.choice(("postmaster", "all"))}
        case Fault.FREEZE_POSTGRES:
            detail = {"seconds": freeze_s}
        case Fault.CUT_CONNECTION:
            where = draw.choice(CUTS)
            size = draw.randrange(1, _ANSWER_BYTES if where == "answers" else _REQUEST_BYTES)
            detail = {"where": where, **({"bytes": size} if where in ("requests", "answers") else {})}
        case Fault.DROP_SOCKETS:
            detail = {"share": round(draw.uniform(0.1, 1.0), 2), "seed": draw.getrandbits(32)}
        case Fault.SLOW_READERS:
            detail = {"readers": draw.randint(2, 4)}
        case Fault.GARBAGE:
            detail = {"connections": draw.randint(50, 150), "seed": draw.getrandbits(32)}
    return Injection(number, fault, pause_s, detail)
