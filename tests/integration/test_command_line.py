"""The command line as an operator meets it: one clear line, the right exit code, never a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Server, scratch_folder, with_database


def parlor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("PARLOR_")}
    command = [sys.executable, "-m", "server", *arguments]
    return subprocess.run(
        command, env={**clean, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def assert_one_line(run: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1, run.stderr
    for word in words:
        assert word in run.stderr


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


def test_a_port_in_use_is_named(dsn: str, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = parlor("serve", "--port", port, "--data-dir", str(folder), DATABASE_URL=dsn)
    assert_one_line(run, 1, port, "in use")


def test_a_wrong_database_url_is_named(folder: Path) -> None:
    run = parlor("serve", "--port", "0", "--data-dir", str(folder), DATABASE_URL="mysql://u:secret-password@h/x")
    assert_one_line(run, 2, "postgresql://")
    assert "secret-password" not in run.stderr


def test_a_missing_database_is_named(postgres: Server, folder: Path) -> None:
    url = with_database(postgres.dsn, "no_such_database")
    assert_one_line(parlor("serve", "--port", "0", "--data-dir", str(folder), DATABASE_URL=url), 2, "no_such_database")


def test_a_missing_migration_is_named(postgres: Server, folder: Path) -> None:
    url = postgres.create()
    run = parlor("serve", "--port", "0", "--data-dir", str(folder), DATABASE_URL=url)
    assert_one_line(run, 1, "parlor migrate up")
    postgres.drop(url)


def test_an_unusable_data_folder_is_named(folder: Path) -> None:
    (folder / "file").write_text("in the way")
    run = parlor("serve", "--port", "0", "--data-dir", str(folder / "file"))
    assert_one_line(run, 1, str(folder / "file"))


def test_a_setting_out_of_bounds_is_named(folder: Path) -> None:
    assert_one_line(parlor("serve", "--data-dir", str(folder), PARLOR_BURST="0"), 2, "burst")
    assert_one_line(parlor("serve", "--data-dir", str(folder), "--port", "70000"), 2, "port")


def test_production_needs_a_token_key_and_a_database_url(folder: Path, dsn: str) -> None:
    key = "k" * 32
    here = ("serve", "--port", "0", "--data-dir", str(folder))
    assert_one_line(parlor(*here, PARLOR_ENV="production", DATABASE_URL=dsn), 2, "PARLOR_TOKEN_KEY")
    assert_one_line(parlor(*here, PARLOR_ENV="production", PARLOR_TOKEN_KEY=key), 2, "DATABASE_URL")


def test_migrations_run_up_and_down(postgres: Server) -> None:
    url = postgres.create()
    assert "pending" in parlor("migrate", "status", DATABASE_URL=url).stdout
    up = parlor("migrate", "up", DATABASE_URL=url)
    assert up.returncode == 0, up.stderr
    assert "pending" not in up.stdout
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from play.games").fetchone() == (0,)
    down = parlor("migrate", "down", DATABASE_URL=url)
    assert down.returncode == 0, down.stderr
    assert "pending" in down.stdout
    postgres.drop(url)


def test_db_url_prints_a_url_that_works_and_nothing_else(folder: Path) -> None:
    assert parlor("migrate", "up", "--data-dir", str(folder)).returncode == 0
    run = parlor("db", "url", "--data-dir", str(folder))
    assert (run.returncode, run.stderr, run.stdout.count("\n")) == (0, "", 1)
    with psycopg.connect(run.stdout.strip()) as connection:
        assert connection.execute("select count(*) from play.games").fetchone() == (0,)
    assert parlor("db", "url", "--data-dir", str(folder)).stdout == run.stdout
    assert parlor("db", "stop", "--data-dir", str(folder)).stdout == "stopped\n"
    assert parlor("db", "stop", "--data-dir", str(folder)).stdout == "not running\n"


@pytest.mark.parametrize("command", ["replay", "verify"])
def test_an_unknown_game_is_named(command: str, dsn: str) -> None:
    assert_one_line(parlor(command, "not-an-id", DATABASE_URL=dsn), 2, "not-an-id")
    assert_one_line(parlor(command, "019a0000-0000-7000-8000-000000000000", DATABASE_URL=dsn), 1, "no game")


def test_a_data_folder_without_a_database_is_named(folder: Path) -> None:
    unknown = "019a0000-0000-7000-8000-000000000000"
    assert_one_line(parlor("replay", unknown, "--data-dir", str(folder)), 1, "no database", "DATABASE_URL")


def test_help_lists_every_setting() -> None:
    text = parlor("--help").stdout
    for variable in ("DATABASE_URL", "PARLOR_PORT", "PARLOR_TOKEN_KEY", "PARLOR_ORIGINS", "PARLOR_DRAIN_S"):
        assert variable in text
