"""The report of a load test, as text and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from loadtest.client_metrics import COUNTERS, ClientMetrics
from loadtest.latency import LatencyHistogram
from loadtest.load.game_reads import is_broken
from loadtest.load.settings import LoadSettings
from loadtest.load.timeline import Second

_BUSY = 0.9  # of a core: above this the clients may be the bottleneck
_LATE_MS = 10.0
_TIMES = {
    "to_ack": "command to ack",
    "to_broadcast": "command to broadcast",
    "to_resume": "from reconnecting to the welcome",
    "to_end": "from opening to the end",
    "to_read": "GET of a running game",
}
_HEADS = ("p50", "p90", "p99", "p99.9", "max")


@dataclass(slots=True)
class LoadReport:
    """`facts`: machine and versions. `problem_count`: broken guarantees; `problems`: examples.

    `reads_from`: the second in which reads began; None: there were none.
    """

    asked: LoadSettings
    facts: dict[str, Any]
    seconds: list[Second] = field(default_factory=list)
    total: ClientMetrics = field(default_factory=ClientMetrics)
    acked: int = 0
    compared: int = 0
    not_compared: int = 0
    problem_count: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reads_from: int | None = None

    @property
    def is_clean(self) -> bool:
        return self.problem_count == 0

    def add_checks(self, done: Sequence[dict[str, Any]]) -> None:
        """Add what the client processes have checked at the end."""
        for found in done:
            self.acked += found["acked"]
            self.compared += found["compared"]
            self.not_compared += found["not_compared"]
            self.problem_count += found["problem_count"]
            self.problems += found["problems"]
            self.notes += [note for note in found["notes"] if note not in self.notes]
        for report, count in self.total.reads.items():
            if is_broken(report):
                self.problem_count += count
                self.problems.append(f"{count:,} GETs of running games: {report}")
        self.notes += self._limits_of_clients()

    def _limits_of_clients(self) -> list[str]:
        """Limits of the clients, which must not be taken for limits of the server."""
        found = []
        busy = [second.clients_cpu for second in self.seconds]
        if busy and fmean(busy) > _BUSY:
            found.append(f"the clients used {fmean(busy):.0%} of a core each and may be the bottleneck (--processes)")
        late = self.total.lateness.quantile(0.99) * 1e3
        if late > _LATE_MS:
            found.append(f"1 % of the commands left more than {late:.0f} ms late: the clients could not keep the rate")
        return found

    def per_s(self, counter: str) -> float:
        """Mean over the measured seconds."""
        return fmean(getattr(second.metrics, counter) for second in self.seconds) if self.seconds else 0.0

    def gauge(self, name: str) -> float | None:
        """Mean over the seconds for which the server reported it."""
        told = [second.server_figures[name] for second in self.seconds if name in second.server_figures]
        return fmean(told) if told else None

    def most(self, name: str) -> float:
        """The largest value that the server reported."""
        return max((second.server_figures.get(name, 0.0) for second in self.seconds), default=0.0)

    def text(self) -> str:
        return "\n".join([*self._load(), "", *self._latencies(), *self._server(), "", *self._truth(), *self._remarks()])

    def _load(self) -> list[str]:
        newest = self.seconds[-1] if self.seconds else Second(0)
        lines = [
            ("measured", f"{len(self.seconds)} s"),
            ("rooms, connections", f"{newest.rooms:,}, {newest.connections:,}"),
            ("commands", f"{self.per_s('commands'):,.0f}/s sent, {self.per_s('acks'):,.0f}/s acked"),
            ("events", f"{self.per_s('events'):,.0f}/s, {self.per_s('deliveries'):,.0f}/s delivered"),
        ]
        if self.total.games:
            what = "rooms opened and left" if self.asked.work == "lobby" else "games finished"
            lines.append((what, f"{self.total.games:,} ({self.per_s('games'):,.1f}/s)"))
        if self.total.resumed:
            lines.append(("clients that reconnected", f"{self.total.resumed:,}"))
        if self.reads_from is not None:
            reads = ", ".join(f"{report}: {count:,}" for report, count in sorted(self.total.reads.items()))
            lines.append(("GETs of running games", f"{self.asked.reads_per_s:,.0f}/s; {reads or 'none'}"))
        refused = ", ".join(f"{code} {count:,}" for code, count in self.total.rejects.most_common(8))
        lines.append(("refused", refused or "nothing"))
        return [f"{name:<24}{value}" for name, value in lines]

    def _latencies(self) -> list[str]:
        rows = {name: getattr(self.total, key) for key, name in _TIMES.items()}
        rows |= {f"command to ack, {part} reads": times for part, times in self._to_ack_by_reads().items()}
        lines = [f"{'ms':<34}" + "".join(f"{head:>10}" for head in _HEADS)]
        for name, times in rows.items():
            if times.count:
                told = times.milliseconds()
                lines.append(f"{name:<34}" + "".join(f"{told[head]:>10.2f}" for head in _HEADS))
        return lines

    def _to_ack_by_reads(self) -> dict[str, LatencyHistogram]:
        """Command to ack before the reads and while they went on; empty: there were none.

        The processes' seconds do not begin together, so the seconds around the change count for neither part.
        """
        if self.reads_from is None:
            return {}
        before, during = self.seconds[: max(0, self.reads_from - 1)], self.seconds[self.reads_from + 2 :]
        parts = {"without": before, "with": during}
        return {
            name: LatencyHistogram().merge(second.metrics.to_ack for second in part) for name, part in parts.items()
        }

    def _server(self) -> list[str]:
        lines = []
        if (committed := self.gauge("committed_per_s")) is not None:
            names = ("batch_events", "commit_p99_ms", "loop_lag_p99_ms")
            batch, commit, lag = (self.gauge(name) or 0.0 for name in names)
            lines.append(
                f"server: {committed:,.0f} events/s committed, {batch:.1f} in each commit, "
                f"commit p99 {commit:.1f} ms, loop lag p99 {lag:.1f} ms"
            )
        if (server := self.gauge("server_cpu")) is not None:
            memory = [self.most(name) / 2**20 for name in ("server_bytes", "database_bytes")]
            lines.append(
                f"CPU: server {server:.0%}, Postgres {self.gauge('database_cpu') or 0.0:.0%} of a core; memory: "
                f"{memory[0]:,.0f} MiB, {memory[1]:,.0f} MiB"
            )
        return ["", *lines] if lines else []

    def _truth(self) -> list[str]:
        lines = [f"checked: {self.acked:,} acked commands; {self.compared:,} events compared with the log"]
        if self.not_compared:
            lines[0] += f", {self.not_compared:,} more compared among the clients only"
        if self.is_clean:
            return [*lines, "nothing lost, nothing twice, no gap, no disorder"]
        return [*lines, f"BROKEN: {self.problem_count:,} problems", *(f"  {problem}" for problem in self.problems[:20])]

    def _remarks(self) -> list[str]:
        return ["", *(f"note: {note}" for note in self.notes)] if self.notes else []

    def as_json(self) -> dict[str, Any]:
        return {
            "asked": self.asked.as_json(),
            "facts": self.facts,
            "per_s": {name: round(self.per_s(name), 1) for name in COUNTERS},
            "totals": {name: getattr(self.total, name) for name in COUNTERS},
            "refused": dict(self.total.rejects),
            "reads": dict(self.total.reads),
            "to_ack_ms": {name: times.milliseconds() for name, times in self._to_ack_by_reads().items()},
            "ms": {key: getattr(self.total, key).milliseconds() for key in _TIMES if getattr(self.total, key).count},
            "truth": {
                "acked": self.acked,
                "compared": self.compared,
                "not_compared": self.not_compared,
                "problem_count": self.problem_count,
                "problems": self.problems,
            },
            "notes": self.notes,
            "seconds": [second.as_json() for second in self.seconds],
        }
