"""Draws the series as SVG: the size to the right (logarithmic), the figure upwards."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from loadtest.growth.series import Row
from loadtest.load.html_report import round_up

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 480, 260, 64, 40, 32
_WHAT = {
    "rooms": ("actions_per_s", "p99_ms"),
    "players": ("deliveries_per_s", "p99_ms"),
    "spectators": ("ack_p99_ms", "server_cpu_percent"),
    "log": ("actions_per_s", "replay_p50_ms"),
    "start": ("all_rooms_s",),
}


def plots(found: Mapping[str, Sequence[Row]], folder: Path) -> None:
    """Write one file for each figure of each series."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in found.items():
        for figure in _WHAT.get(name, ()):
            (folder / f"{name}-{figure.replace('_', '-')}.svg").write_text(svg(rows, figure))


def svg(rows: Sequence[Row], figure: str) -> str:
    """`figure` against the first column."""
    size = next(iter(rows[0]))
    top = round_up(max(max(row[figure] for row in rows), 1e-6))
    logs = [math.log10(max(row[size], 0) + 1) for row in rows]
    low, high = min(logs), max(max(logs), min(logs) + 1e-9)
    points = [
        (
            _LEFT + (_WIDTH - _LEFT - 24) * (place - low) / (high - low),
            _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - row[figure] / top),
            row[size],
        )
        for place, row in zip(logs, rows, strict=True)
    ]
    title = f"{figure.replace('_', ' ')} against {size}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        '<g font-family="sans-serif" font-size="12" fill="#333">',
        f'<text x="{_LEFT}" y="18" font-size="14">{title}</text>',
    ]
    for share in (0, 0.5, 1):
        y = _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ccc"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{top * share:,.6g}</text>')
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#2f6fde" stroke-width="2"/>')
    for x, y, at in points:
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#2f6fde"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 16}" text-anchor="middle">{_short(at)}</text>')
    return "\n".join([*parts, "</g></svg>", ""])


def _short(number: float) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:g}"
