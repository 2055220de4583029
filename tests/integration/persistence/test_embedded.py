"""The embedded server: starting, sharing, dying, and being found again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from persistence.embedded import postgres
from persistence.embedded.postgres import EmbeddedPostgres
from persistence.errors import EmbeddedUnavailable
from tests.support.postgres import scratch_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


def answers(dsn: str) -> bool:
    with psycopg.connect(dsn) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def abandon(server: EmbeddedPostgres) -> None:
    """As if the process that owns the server had been killed."""
    assert server._lock is not None
    os.close(server._lock)
    server._lock = None


def kill(server: EmbeddedPostgres) -> None:
    postmaster = server.postmaster
    os.kill(postmaster.pid, signal.SIGKILL)
    while postmaster.alive:
        pass
    assert server._child is not None
    server._child.wait()


def test_it_starts_again_after_a_stop(folder: Path) -> None:
    server = postgres.start(folder / "db")
    assert server.owned
    assert answers(server.dsn)
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create table kept (n int)")
        shown = connection.execute(
            "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit')"
        )
        assert dict(shown.fetchall()) == {"fsync": "on", "synchronous_commit": "on"}
    server.stop()
    server.stop()
    assert postgres.connection_url(folder / "db") is None
    assert postgres.attach(folder / "db") is None
    with pytest.raises(EmbeddedUnavailable):
        _ = server.dsn
    again = postgres.start(folder / "db")
    with psycopg.connect(again.dsn) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    again.stop()


def test_a_second_owner_joins_and_does_not_stop_it(folder: Path) -> None:
    server = postgres.start(folder)
    for other in (postgres.start(folder), postgres.attach(folder)):
        assert other is not None
        assert not other.owned
        assert other.dsn == server.dsn == postgres.connection_url(folder)
        other.stop()
        other.revive()
        assert answers(server.dsn)
    server.stop()


def test_a_server_without_owner_is_taken_over(folder: Path) -> None:
    first = postgres.start(folder)
    pid = first.postmaster.pid
    abandon(first)
    second = postgres.start(folder)
    assert second.owned
    assert second.postmaster.pid == pid
    second.stop()
    assert postgres.connection_url(folder) is None


def test_what_a_killed_server_left_is_cleaned_up(folder: Path) -> None:
    server = postgres.start(folder)
    kill(server)
    abandon(server)
    again = postgres.start(folder)
    assert answers(again.dsn)
    again.stop()


def test_a_recycled_process_id_is_not_trusted(folder: Path) -> None:
    server = postgres.start(folder)
    kill(server)
    abandon(server)
    left = folder / "data" / "postmaster.pid"
    left.write_text("\n".join([str(os.getpid()), *left.read_text().splitlines()[1:]]) + "\n")
    again = postgres.start(folder)
    assert answers(again.dsn)
    again.stop()


def test_reviving_keeps_the_address(folder: Path) -> None:
    server = postgres.start(folder)
    dsn = server.dsn
    kill(server)
    server.revive()
    assert server.dsn == dsn
    assert answers(dsn)
    server.stop()


def test_long_paths_with_spaces_work(folder: Path) -> None:
    deep = folder / ("x" * 120) / "a b%c'd"
    server = postgres.start(deep)
    assert answers(server.dsn)
    dsn, socket_dir = server.dsn, server.postmaster.socket_dir
    kill(server)
    server.revive()
    assert server.dsn == dsn
    server.stop()
    assert not socket_dir.exists()


def test_simultaneous_starts_share_one_server(folder: Path) -> None:
    servers = [postgres.start(folder / name) for name in ("a", "b")]
    assert len({server.dsn for server in servers}) == 2
    for server in servers:
        assert answers(server.dsn)
        server.stop()


def test_an_incomplete_cluster_is_made_again(folder: Path) -> None:
    (folder / "data.new").mkdir()
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    server = postgres.start(folder)
    assert answers(server.dsn)
    server.stop()


def test_an_unusable_folder_is_named(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(EmbeddedUnavailable, match="can't be written"):
        postgres.start(folder / "file")


ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this trouble")


@ROOT_ONLY
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs util-linux")
def test_a_folder_inside_one_for_root_only_is_named(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = postgres.start(closed / "db")
    assert answers(server.dsn)
    kill(server)
    server.revive()
    assert answers(server.dsn)
    server.stop()
    assert closed.stat().st_mode & 0o777 == 0o700


@ROOT_ONLY
def test_a_folder_that_its_account_cannot_enter_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)  # a system without setpriv
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedUnavailable, match="may not enter"):
        postgres.start(closed / "db")


@pytest.mark.parametrize("user", ["ourselves", "an ordinary user"])
def test_the_database_ends_with_a_killed_owner(folder: Path, user: str) -> None:
    account = None
    if user == "an ordinary user":
        if os.geteuid() != 0:
            pytest.skip("runs as an ordinary user anyway")
        account = pwd.getpwnam("nobody")
        os.chown(folder, account.pw_uid, account.pw_gid)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        hold(folder, account, writer)
    os.close(writer)
    with open(reader) as told:
        dsn = told.readline().strip()
        assert postgres.connection_url(folder) == dsn
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert answers(dsn)  # nobody stopped it
    server = postgres.start(folder)
    assert server.owned
    assert server.dsn == dsn
    server.stop()


def hold(folder: Path, account: pwd.struct_passwd | None, writer: int) -> None:
    """In a process of its own: start a server, say where it is, and wait to be killed."""
    try:
        if account is not None:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        server = postgres.start(folder)
        os.write(writer, f"{server.dsn}\n".encode())
        signal.pause()
    finally:
        os._exit(1)
