"""`parlor loadtest` against a running server, with small settings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import HostedProcess, ServerProcess


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server", "loadtest", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)


def report(server: ServerProcess, folder: Path, *options: str, duration: str = "2s") -> dict[str, Any]:
    file = folder / "report.json"
    place = ("--url", server.ws_url, "--duration", duration, "--ramp", "0s", "--json", str(file))
    done = run(*options, *place, "--html", str(folder / "report.html"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing twice, no gap, no disorder" in done.stdout
    assert "</html>" in (folder / "report.html").read_text()
    found: dict[str, Any] = json.loads(file.read_text())
    assert found["truth"]["problems"] == []
    return found


@pytest.mark.parametrize(
    "options",
    [
        ("relay", "--rooms", "3", "--players", "2", "--rate", "60", "--spectators", "2"),
        ("moves", "--rooms", "2", "--players", "3", "--rate", "40", "--protocol", "msgpack", "--processes", "2"),
        ("reconnect-storm", "--rooms", "2", "--rate", "20", "--cut-every", "1s"),
    ],
    ids=lambda options: options[0],
)
def test_played_games_are_measured_and_checked(shared_server: HostedProcess, tmp_path: Path, options: Any) -> None:
    found = report(shared_server, tmp_path, *options)
    assert found["totals"]["acks"] > 0
    assert found["ms"]["to_ack"]["count"] == found["totals"]["acks"]
    assert found["truth"]["compared"] >= found["totals"]["events"]
    assert found["seconds"][-1]["committed_per_s"] >= 0  # from the server's metrics
    if options[0] == "reconnect-storm":
        assert found["totals"]["resumed"] > 0


def test_scenarios_of_bots_and_lobbies_run(shared_server: HostedProcess, tmp_path: Path) -> None:
    assert report(shared_server, tmp_path, "bots", "--rooms", "2")["totals"]["games"] > 0
    assert report(shared_server, tmp_path, "lobby-churn", "--rooms", "1", "--players", "2")["totals"]["games"] > 0


def test_running_games_are_read_while_they_are_played(server_process: ServerProcess, tmp_path: Path) -> None:
    options = ("reads", "--rooms", "2", "--players", "3", "--rate", "40", "--reads", "30")
    found = report(server_process, tmp_path, *options, duration="6s")
    assert found["reads"]["200"] > 0
    assert found["to_ack_ms"]["without"]["count"] > 0
    assert found["to_ack_ms"]["with"]["count"] > 0


def test_the_limits_of_a_running_server_are_respected(strict_server: ServerProcess, tmp_path: Path) -> None:
    found = report(strict_server, tmp_path, "--game", "relay", "--rooms", "1", "--players", "2", "--rate", "max")
    assert "the server takes 20/s of a connection" in found["notes"][0]
    assert found["refused"] == {}
    too_much = run("--game", "relay", "--rooms", "1", "--rate", "500", "--url", strict_server.url, "--ramp", "0s")
    assert too_much.returncode == 1
    assert "the server takes 80 commands a second of 4 sockets, not more" in too_much.stderr


def test_invalid_options_and_unreachable_servers_are_named() -> None:
    assert "there is no scenario 'nope'" in run("nope").stderr
    nobody = run("--url", "http://127.0.0.1:9", "--rooms", "1")
    assert nobody.returncode == 1
    assert "no server that is ready answers at http://127.0.0.1:9/readyz" in nobody.stderr
    missing = run("--json", "/no/such/folder/report.json")
    assert (missing.returncode, "there is no folder /no/such/folder" in missing.stderr) == (2, True)
