"""The report of a run, as JSON and as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from loadtest.chaos.check import KINDS, Findings
from loadtest.chaos.plan import Fault, Plan
from loadtest.chaos.reconnecting_client import RunCounts
from loadtest.chaos.recovery import Recovery
from loadtest.latency import LatencyHistogram

TITLES = {
    "lost": "lost",
    "duplicated": "duplicated",
    "gaps": "gaps",
    "out_of_order": "out of order",
    "leaks": "hidden information leaked",
    "mismatches": "state or contents differ",
    "other": "refused or not served",
}
_WIDTH = 66


@dataclass(slots=True)
class ChaosReport:
    """Filled during the run, so that an aborted run can be reported too."""

    plan: Plan
    counts: RunCounts
    findings: Findings
    done: int = 0
    seconds: float = 0.0
    load_seconds: float = 0.0
    in_doubt: int = 0  # commits whose outcome the server had to look up
    rooms: dict[str, int] = field(default_factory=dict)
    audited: dict[str, int] = field(default_factory=dict)
    memory: dict[str, dict[str, int]] = field(default_factory=dict)  # before, after: bytes by process
    recoveries: dict[Fault, Recovery] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.findings.any and self.done == len(self.plan.injections)

    def as_json(self) -> dict[str, Any]:
        counts = self.counts
        return {
            "ok": self.ok,
            "seed": self.plan.seed,
            "cycles": {"planned": len(self.plan.injections), "done": self.done},
            "seconds": round(self.seconds, 1),
            "commands": {"sent": counts.sent, "sent_again": counts.again, "acked": counts.acked},
            "commits_in_doubt": self.in_doubt,
            "events": {
                "in_logs": self.audited.get("log_events", 0),
                "delivered": counts.events,
                "bridged_by_states": self.audited.get("bridged", 0),
            },
            "rooms": self.rooms,
            "games": {key: self.audited.get(f"games_{key}", 0) for key in ("completed", "verified")},
            "connections": counts.connections,
            "closes": {str(code): count for code, count in sorted(counts.closes.items())},
            "rejects": dict(counts.rejects),
            "failures": self.findings.counts,
            "examples": self.findings.examples,
            "recovery": {
                "all": self._all().milliseconds(),
                **{
                    fault.value: {"injections": recovery.injections, **recovery.milliseconds()}
                    for fault, recovery in self.recoveries.items()
                },
            },
            "memory_bytes": self.memory,
            "plan": [injection.as_json() for injection in self.plan.injections],
        }

    def text(self) -> str:
        return "\n".join([*self._load_lines(), "", *self._recovery_lines(), "", *self._finding_lines()])

    def _all(self) -> Recovery:
        every = self.recoveries.values()
        return Recovery(
            sum(recovery.injections for recovery in every),
            LatencyHistogram().merge(recovery.from_end for recovery in every),
            LatencyHistogram().merge(recovery.from_begin for recovery in every),
        )

    def _load_lines(self) -> list[str]:
        counts = self.counts
        per_s = counts.acked / self.load_seconds if self.load_seconds else 0.0
        rooms = ", ".join(f"{count} {name}" for name, count in self.rooms.items())
        lines = [
            ("seed", str(self.plan.seed)),
            ("cycles", f"{self.done} of {len(self.plan.injections)} in {self.seconds:.0f} s"),
            ("rooms", rooms),
            ("commands", f"{counts.sent:,} sent, {counts.again:,} sent again, {counts.acked:,} acked ({per_s:,.0f}/s)"),
            ("events", f"{self.audited.get('log_events', 0):,} in the logs, {counts.events:,} delivered"),
            ("commits in doubt", f"{self.in_doubt:,}"),
            ("connections", f"{counts.connections:,}"),
            (
                "games",
                f"{self.audited.get('games_completed', 0)} completed, {self.audited.get('games_verified', 0)} verified",
            ),
        ]
        for name, before in self.memory.get("before", {}).items():
            after = self.memory.get("after", {}).get(name, 0)
            lines.append((f"memory, {name}", f"{before / 2**20:.0f} MiB before, {after / 2**20:.0f} MiB after"))
        return [f"{name:<18}{value}" for name, value in lines]

    def _recovery_lines(self) -> list[str]:
        """From the end of a fault, and from its beginning, to each client's first new ack."""
        heads = f"{'p50':>7}{'p99':>8}{'max':>8}"
        lines = [
            f"{'until served again, ms':<24}{'cycles':>7} |{heads} |{heads}",
            f"{'':<24}{'':>7} |{'since the fault ended':>23} |{'since it began':>23}",
        ]
        rows = [(fault.value, recovery) for fault, recovery in self.recoveries.items()]
        for name, recovery in [*rows, ("all", self._all())]:
            cells = [_three(recovery.from_end), _three(recovery.from_begin)]
            lines.append(f"{name:<24}{recovery.injections:>7} |{cells[0]} |{cells[1]}")
        return lines

    def _finding_lines(self) -> list[str]:
        lines = [f"{TITLES[kind]:<{_WIDTH - 40}}{self.findings.counts[kind]:>7}" for kind in KINDS]
        if self.findings.examples:
            lines += ["", *self.findings.examples]
        verdict = "every guarantee held" if self.ok else "BROKEN" if self.findings.any else "NOT DONE"
        return [*lines, "", verdict]


def _three(histogram: LatencyHistogram) -> str:
    told = histogram.milliseconds()
    return f"{told['p50']:>7.0f}{told['p99']:>8.0f}{told['max']:>8.0f}"
