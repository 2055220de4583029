"""`parlor chaos` as a user runs it: the guarantees hold under each kind of fault, and nothing is left behind.

Each run loads a server, injects faults, and compares what its clients received with the log. The checks themselves are
tested in `tests/unit/loadtest/chaos`. The long runs mostly wait, so they run concurrently.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from loadtest.chaos.plan import Fault, make_plan
from tests.support.server import ServerProcess
from tests.support.soak import amount

CHAOS = [sys.executable, "-m", "server", "chaos"]
RUN_S = 280
SIDE_BY_SIDE = 2
KILLS = amount(usual=4, soak=20)
FREEZES = amount(usual=2, soak=5)
CUTS = amount(usual=40, soak=200)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A separate folder for the temporary files of a run, so that leftovers are visible."""
    with tempfile.TemporaryDirectory(prefix="parlor-test-") as folder:
        Path(folder).chmod(0o755)  # Postgres may run under another account
        yield Path(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    with scratch_folder() as place:
        yield place


Told = dict[str, Any]
"""The report of a run."""


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Told]]]:
    """The long runs of the selected tests, by their options. They start at once."""

    def run(options: str) -> Told:
        with scratch_folder() as place:
            return report(place, *options.split())

    chosen = [item for item in request.session.items if isinstance(item, pytest.Function)]
    own = [item.callspec.params["told"] for item in chosen if item.path == request.path and hasattr(item, "callspec")]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {options: pool.submit(run, options) for options in own}


@pytest.fixture
def told(request: pytest.FixtureRequest, runs: dict[str, Future[Told]]) -> Told:
    return runs[request.param].result()


def run_of(options: str) -> pytest.MarkDecorator:
    """The test gets the report of `parlor chaos` with these options."""
    return pytest.mark.parametrize("told", [options], indirect=True)


def environment(place: Path, **settings: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PARLOR_", "DATABASE_"))}
    return {**kept, "TMPDIR": str(place), **settings}


def chaos(place: Path, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CHAOS, *options],
        env=environment(place, **settings),
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )


def report(place: Path, *options: str) -> Told:
    """The report of a run in which every guarantee held and that left nothing behind."""
    target = place / "report.json"
    done = chaos(place, *options, "--json", str(target))
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-2000:]}"
    told: Told = json.loads(target.read_text())
    target.unlink()
    assert told["ok"]
    assert told["cycles"]["done"] == told["cycles"]["planned"] == len(told["plan"])
    assert set(told["failures"].values()) == {0}
    assert told["events"]["bridged_by_states"] == 0  # every client received every event
    assert_nothing_is_left(place)
    return told


def assert_nothing_is_left(place: Path) -> None:
    assert list(place.iterdir()) == []
    assert processes_of(place) == []


def processes_of(place: Path) -> list[str]:
    """The command lines that contain this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(place) in line:
            found.append(line)
    return found


@pytest.mark.timeout(600)
@run_of(f"--faults kill-server:{KILLS} --rate 400 --seed 1")
def test_nothing_is_lost_when_the_server_is_killed(told: Told) -> None:
    assert told["commands"]["acked"] > KILLS * 100
    assert told["connections"] > KILLS * 30
    assert told["recovery"]["kill-server"]["injections"] == KILLS


@pytest.mark.timeout(600)
@run_of(f"--faults kill-postgres:{KILLS // 2} --rate 400 --seed 3")
def test_nothing_is_lost_when_postgres_is_killed(told: Told) -> None:
    assert told["commands"]["acked"] > KILLS // 2 * 100
    assert {one["processes"] for one in told["plan"]} == {"postmaster", "all"}


@pytest.mark.timeout(600)
@run_of(f"--faults freeze-postgres:{FREEZES} --freeze-s 5 --rate 400 --seed 3")
def test_nothing_is_lost_when_postgres_freezes(told: Told) -> None:
    assert told["commands"]["acked"] > FREEZES * 100
    assert told["recovery"]["freeze-postgres"]["from_begin_ms"]["p50"] > 5000


@pytest.mark.timeout(600)
@run_of(f"--faults cut-connection:{CUTS} --rate 400 --seed 4")
def test_nothing_is_lost_when_the_database_connection_is_cut(told: Told) -> None:
    """Also between a commit and its answer: then the server must look up the outcome."""
    assert told["commands"]["acked"] > CUTS * 25
    assert {one["where"] for one in told["plan"]} == {"requests", "answers", "commit", "late"}
    assert told["commits_in_doubt"] >= CUTS // 2


@pytest.mark.timeout(600)
@run_of("--faults drop-sockets:10,slow-readers:1,garbage:2 --rate 200 --seed 5")
def test_nothing_is_lost_when_clients_drop_stall_and_send_garbage(told: Told) -> None:
    assert told["commands"]["acked"] > 1000
    assert told["connections"] > 100
    wanted = {Fault.DROP_SOCKETS: 10, Fault.SLOW_READERS: 1, Fault.GARBAGE: 2}
    assert told["plan"] == [injection.as_json() for injection in make_plan(wanted, 5, 5.0).injections]


@pytest.mark.timeout(120)
def test_acks_before_their_commit_are_detected(place: Path) -> None:
    """Relaxed rooms do lose commands in a crash, and a run reports this.

    With this seed the connection to the database is held for half a second before each kill.
    """
    target = place / "report.json"
    options = ("--faults", "kill-server:2", "--durability", "relaxed", "--rooms", "4", "--rate", "200", "--seed", "29")
    done = chaos(place, *options, "--json", str(target))
    assert done.returncode == 1, done.stdout
    assert json.loads(target.read_text())["failures"]["lost"] > 0
    assert "BROKEN" in done.stdout


@pytest.mark.timeout(120)
def test_a_running_server_is_used(strict_server: ServerProcess, place: Path) -> None:
    """A client that respects the limits is not closed, however much it sends again."""
    faults = "drop-sockets:3,slow-readers:1"
    told = report(place, "--url", strict_server.url, "--faults", faults, "--rooms", "2", "--rate", "1000")
    assert told["commands"]["acked"] > 0
    assert told["memory_bytes"] == {"before": {}, "after": {}}
    refused = chaos(place, "--url", strict_server.url, "--faults", "kill-server")
    assert refused.returncode == 2
    assert "kill-server needs a server that was started here" in refused.stderr


@pytest.mark.timeout(120)
def test_an_existing_database_is_used(server_process: ServerProcess, dsn: str, place: Path) -> None:
    server_process.kill()
    told = report(place, "--database-url", dsn, "--faults", "cut-connection:2,kill-server:1", "--rooms", "2")
    assert told["commands"]["acked"] > 0
    refused = chaos(place, "--database-url", dsn, "--faults", "freeze-postgres")
    assert refused.returncode == 2
    assert "freeze-postgres needs a database that was started here" in refused.stderr


def test_servers_that_are_not_for_tests_are_refused(place: Path) -> None:
    for options, settings, reason in (
        (("--url", "http://play.example.org"), {}, "not http:// on this machine"),
        (("--database-url", "postgresql://db.example.org/parlor"), {}, "only a postgresql:// database on this machine"),
        ((), {"PARLOR_ENV": "production"}, "PARLOR_ENV is production"),
        (("--faults", "earthquake"), {}, "'earthquake' is not one of kill-server"),
    ):
        refused = chaos(place, *options, **settings)
        assert refused.returncode == 2, refused.stderr
        assert reason in refused.stderr
        assert refused.stdout == ""
    assert_nothing_is_left(place)


def begun(place: Path) -> subprocess.Popen[str]:
    """A run that has injected its first fault."""
    options = ["--faults", "kill-server:1000", "--rooms", "2", "--rate", "50"]
    running = subprocess.Popen([*CHAOS, *options], env=environment(place), stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    for line in running.stderr:
        if "1/1000" in line:
            return running
    raise AssertionError("the run has ended")


@pytest.mark.timeout(120)
def test_a_stopped_run_leaves_nothing_behind(place: Path) -> None:
    running = begun(place)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert_nothing_is_left(place)


@pytest.mark.timeout(120)
def test_what_a_killed_run_leaves_ends_by_itself(place: Path) -> None:
    running = begun(place)
    running.kill()
    running.communicate(timeout=60)
    while list(place.iterdir()) or processes_of(place):
        time.sleep(0.02)
