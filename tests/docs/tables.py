"""The tables of the documents that repeat what the code says: `python -m tests.docs.tables` prints them anew."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from prometheus_client.metrics import MetricWrapperBase

from server.histogram import FastHistogram
from server.metrics import Metrics
from server.settings import variables
from tests.docs.pages import ROOT


def settings() -> list[list[str]]:
    """Variable, default, meaning."""
    return [
        [f"`{variable}`", _default(field.default), field.description or ""] for variable, field in variables().items()
    ]


def metrics() -> list[list[str]]:
    """Metric, kind, labels, meaning."""
    found = []
    shared = Metrics()
    of_wings = [kind(shared.registry) for kind in _metrics_of_wings()]
    for metric in (metric for group in (shared, *of_wings) for metric in vars(group).values()):
        if isinstance(metric, MetricWrapperBase | FastHistogram):
            family = next(iter(metric.collect()))
            total = "_total" if family.type == "counter" else ""
            labels = ", ".join(f"`{label}`" for label in getattr(metric, "_labelnames", ()))
            found.append([f"`{family.name}{total}`", family.type, labels, family.documentation])
    return found


def _metrics_of_wings() -> list[Any]:
    """The class of metrics of each wing: `server/W/metrics.py` holds one, named `...Metrics`."""
    files = sorted((ROOT / "server").glob("*/metrics.py"))
    modules = [import_module(f"server.{file.parent.name}.metrics") for file in files]
    return [kind for module in modules for name, kind in vars(module).items() if name.endswith("Metrics")]


def _default(value: Any) -> str:
    if value is None:
        return "not set"
    return "`[]`" if value == () else f"`{value}`"


if __name__ == "__main__":
    for table in (settings(), metrics()):
        for row in table:
            print(f"| {' | '.join(row)} |".replace("|  |", "| |"))
        print()
