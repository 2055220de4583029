"""docs/operations.md has every setting and metric, and its numbers are those of the code."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

from server import limits
from server.metrics import Cut, HttpRefused, UpgradeRefused
from server.settings import variables
from tests.docs import tables
from tests.docs.pages import ROOT, codes, page, rows, section

PAGE = page("operations")
FRESH = "print fresh tables with `python -m tests.docs.tables`"


def test_every_setting_is_described() -> None:
    assert rows(section(PAGE, "Settings")) == tables.settings(), FRESH


def test_every_metric_is_described() -> None:
    assert rows(section(PAGE, "Metrics")) == tables.metrics(), FRESH


def test_every_refusal_reason_is_described() -> None:
    told = {codes(row[0])[0]: codes(row[1]) for row in rows(section(PAGE, "Reasons of refusals"))}
    assert told == {
        "parlor_connections_cut_total": list(Cut),
        "parlor_handshakes_refused_total": list(UpgradeRefused),
        "parlor_http_refused_total": list(HttpRefused),
    }


def test_unfed_metrics_are_named() -> None:
    code = "\n".join(p.read_text() for p in (ROOT / "server").rglob("*.py") if p.name != "metrics.py")
    unfed = {
        codes(row[0])[0]
        for row in tables.metrics()
        if f"metrics.{codes(row[0])[0].removeprefix('parlor_')}" not in code
    }
    told = next((line for line in PAGE.splitlines() if "not yet fed" in line), "")
    assert set(codes(told)) == unfed


def test_every_named_variable_exists() -> None:
    for text in (PAGE, (ROOT / "fly.toml").read_text(), (ROOT / "Dockerfile").read_text()):
        assert set(re.findall(r"\bPARLOR_[A-Z_]+\b", text)) <= variables().keys()


def test_every_named_command_exists() -> None:
    shown = section(PAGE, "Starting").partition("```text\n")[2].partition("```")[0]
    for line in shown.splitlines():
        command = line.split()[1]
        helped = subprocess.run(
            [sys.executable, "-m", "server", command, "--help"], capture_output=True, text=True, timeout=30, check=True
        )
        for option in re.findall(r"--[a-z-]+", line):
            assert option in helped.stdout, line


def test_every_quoted_message_exists() -> None:
    code = "\n".join(p.read_text() for folder in ("server", "persistence") for p in (ROOT / folder).rglob("*.py"))
    for row in rows(section(PAGE, "Logs")):
        assert all(message in code for message in codes(row[0])), row


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"at most {limits.DRAIN_S / 2:.0f} seconds" in PAGE
    assert f"up to {limits.RESTART_DELAY_MS_MAX // 1000} seconds after which" in PAGE
    assert f"wait up to {limits.WAITING_COMMAND_MS // 1000} seconds, {limits.WAITING_COMMANDS_MAX} a room" in PAGE


def test_the_deployment_files_agree_with_the_code() -> None:
    fly = tomllib.loads((ROOT / "fly.toml").read_text())
    assert fly["kill_signal"] == "SIGTERM"
    assert fly["kill_timeout"] > float(fly["env"]["PARLOR_DRAIN_S"]) == limits.DRAIN_S
    assert fly["deploy"]["release_command"] == "parlor migrate up"
    port = str(fly["http_service"]["internal_port"])
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f'CMD ["parlor", "serve", "--host", "0.0.0.0", "--port", "{port}"]' in dockerfile
    assert f"EXPOSE {port}" in dockerfile
    assert "embedded" not in dockerfile.replace("There is no embedded database", "")
    assert fly["http_service"]["checks"][0]["path"] == "/readyz"


def test_docker_stops_after_draining() -> None:
    (timeout,) = re.findall(r"--stop-timeout (\d+) -e", PAGE)
    assert int(timeout) > limits.DRAIN_S
