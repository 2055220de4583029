"""The measurement, second by second. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadtest.client_metrics import COUNTERS, ClientMetrics

ServerMetrics = Mapping[str, float]


@dataclass(slots=True)
class Second:
    """The metrics of all client processes in one second, and the server's metrics at its end."""

    number: int
    metrics: ClientMetrics = field(default_factory=ClientMetrics)
    rooms: int = 0
    connections: int = 0
    clients_cpu: float = 0.0  # of the busiest client process, as a share of one core
    reported_by: int = 0
    server_figures: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        metrics = self.metrics
        figures: dict[str, Any] = {"second": self.number, "rooms": self.rooms, "connections": self.connections}
        figures |= {name: getattr(metrics, name) for name in COUNTERS}
        figures["rejects"] = sum(metrics.rejects.values())
        figures["reads"] = sum(metrics.reads.values())
        for name in ("to_ack", "to_broadcast", "to_resume", "to_end", "to_read"):
            times = getattr(metrics, name)
            if times.count:
                told = times.milliseconds()
                figures |= {f"{name}_{key}_ms": told[key] for key in ("p50", "p99", "max")}
        return {**figures, "clients_cpu": self.clients_cpu, **self.server_figures}


class Timeline:
    """Adds up what the processes report each second. Before `begin` only the newest second is kept."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._counts = [0] * processes
        self._now: dict[int, tuple[int, int]] = {}
        self.seconds: list[Second] = []
        self.is_measuring = False

    def begin(self) -> None:
        """The measurement starts with the next second that each process reports."""
        self._counts = [0] * self._processes
        self.seconds = []
        self.is_measuring = True

    def tick(self, process: int, told: Mapping[str, Any]) -> None:
        self._now[process] = told["rooms"], told["connections"]
        number = self._counts[process]
        self._counts[process] += 1
        if not self.is_measuring:
            self.seconds = [Second(0)]
            number = 0
        while len(self.seconds) <= number:
            self.seconds.append(Second(len(self.seconds)))
        second = self.seconds[number]
        second.metrics.add_json(dict(told))
        second.rooms = sum(rooms for rooms, _ in self._now.values())
        second.connections = sum(connections for _, connections in self._now.values())
        second.clients_cpu = max(second.clients_cpu, told["cpu"])
        second.reported_by += 1

    @property
    def complete(self) -> list[Second]:
        """The seconds of the measurement that all processes have reported."""
        return [second for second in self.seconds if second.reported_by == self._processes]
