"""The report as one HTML file with figures and plots over time (SVG). It loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from loadtest.load.report import LoadReport

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 400, 180, 56, 24
_COLORS = ("#2f6fde", "#d9822b", "#2e9e6b", "#8e44ad")

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1rem; margin: 0 0 .25rem; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid #8884; border-radius: .5rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: 1rem; border: 1px solid #8884; border-radius: .5rem; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: currentColor; }
.key { display: inline-block; margin-right: 1rem; } .key i { display: inline-block; width: 1em; height: .25em; }
.bad { color: #c0392b; font-weight: 600; } .good { color: #2e9e6b; font-weight: 600; }
"""


@dataclass(frozen=True, slots=True)
class Plot:
    """`lines`: (key of `Second.as_json`, its label). `scale`: factor for the values."""

    title: str
    unit: str
    lines: Sequence[tuple[str, str]]
    scale: float = 1.0


_PLOTS = (
    Plot("Throughput", "/s", (("acks", "acked"), ("events", "events"), ("committed_per_s", "committed"))),
    Plot("Deliveries", "/s", (("deliveries", "delivered"),)),
    Plot("Command to ack", "ms", (("to_ack_p50_ms", "p50"), ("to_ack_p99_ms", "p99"))),
    Plot("Command to broadcast", "ms", (("to_broadcast_p50_ms", "p50"), ("to_broadcast_p99_ms", "p99"))),
    Plot("Reconnecting", "ms", (("to_resume_p50_ms", "p50"), ("to_resume_p99_ms", "p99"))),
    Plot("From opening to the end", "ms", (("to_end_p50_ms", "p50"), ("to_end_p99_ms", "p99"))),
    Plot("Commit", "ms", (("commit_p50_ms", "p50"), ("commit_p99_ms", "p99"))),
    Plot("Events in a commit", "", (("batch_events", "mean"),)),
    Plot("Loop lag", "ms", (("loop_lag_p50_ms", "p50"), ("loop_lag_p99_ms", "p99"))),
    Plot(
        "CPU",
        "% of a core",
        (("server_cpu", "server"), ("database_cpu", "Postgres"), ("clients_cpu", "busiest clients")),
        100,
    ),
    Plot("Memory", "MiB", (("server_bytes", "server"), ("database_bytes", "Postgres")), 1 / 2**20),
    Plot("Refused", "/s", (("rejects", "refused"),)),
    Plot("GETs of running games", "/s", (("reads", "answers"),)),
    Plot("GET of a running game", "ms", (("to_read_p50_ms", "p50"), ("to_read_p99_ms", "p99"))),
)


def html_report(report: LoadReport) -> str:
    """The content of the file."""
    seconds = [second.as_json() for second in report.seconds]
    plots = [plot_figure(plot, seconds) for plot in _PLOTS]
    verdict = (
        '<p class="good">Nothing lost, nothing twice, no gap, no disorder.</p>'
        if report.is_clean
        else f'<p class="bad">{report.problem_count:,} problems: clients did not receive what the log contains.</p>'
    )
    settings = report.asked.as_json()
    about = settings.pop("about")
    asked = ", ".join(f"{key.removesuffix('_s')} {value}" for key, value in settings.items() if value is not None)
    facts = ", ".join(f"{name} {value}" for name, value in report.facts.items())
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8"><title>Load test</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style></head><body>",
            f"<h1>Load test</h1><p>{escape(about)}</p><p>{escape(asked)}</p><p>{escape(facts)}</p>",
            verdict,
            f"<pre>{escape(report.text())}</pre>",
            f'<div class="plots">{"".join(plots)}</div>',
            "</body></html>",
            "",
        ]
    )


def plot_figure(plot: Plot, seconds: Sequence[dict[str, float]]) -> str:
    """A plot as HTML; empty if nothing was measured for it."""
    told = [(name, [_point(second, key, plot.scale) for second in seconds]) for key, name in plot.lines]
    lines = [(name, points) for name, points in told if any(point is not None for point in points)]
    top = max((point for _, points in lines for point in points if point is not None), default=0.0)
    if len(seconds) < 2 or not top:
        return ""
    top = round_up(top)
    keys = "".join(
        f'<span class="key"><i style="background:{_COLORS[place]}"></i> {escape(name)}</span>'
        for place, (name, _) in enumerate(lines)
    )
    drawn = "".join(_path(points, top, _COLORS[place]) for place, (_, points) in enumerate(lines))
    title = f"{plot.title}, {plot.unit}" if plot.unit else plot.title
    return (
        f"<figure><h2>{escape(title)}</h2>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)} over time">'
        f"{_grid(top, len(seconds))}{drawn}</svg><div>{keys}</div></figure>"
    )


def round_up(value: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that is not below `value`."""
    power = 1.0
    while power < value:
        power *= 10
    while power / 10 >= value:
        power /= 10
    return next(step * power / 10 for step in (1, 2, 5, 10) if step * power / 10 >= value)


def _point(second: dict[str, float], key: str, scale: float) -> float | None:
    value = second.get(key)
    return None if value is None else value * scale


def _grid(top: float, seconds: int) -> str:
    parts = []
    for part in (0, 0.5, 1):
        y = _y(top * part, top)
        label = f"{top * part:,.6g}"
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#8886" stroke-width="1"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 6}">0 s</text>')
    parts.append(f'<text x="{_WIDTH}" y="{_HEIGHT - 6}" text-anchor="end">{seconds} s</text>')
    return "".join(parts)


def _path(points: Sequence[float | None], top: float, color: str) -> str:
    """A line with gaps where there is no value."""
    step = (_WIDTH - _LEFT) / max(len(points) - 1, 1)
    commands, pen = [], "M"
    for place, point in enumerate(points):
        if point is None:
            pen = "M"
            continue
        commands.append(f"{pen}{_LEFT + place * step:.1f} {_y(point, top):.1f}")
        pen = "L"
    return f'<path d="{"".join(commands)}" fill="none" stroke="{color}" stroke-width="2"/>'


def _y(value: float, top: float) -> float:
    return 8 + (_HEIGHT - _BOTTOM - 8) * (1 - value / top)
