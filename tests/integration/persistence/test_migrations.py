"""The schema's history, on the newest and on the oldest Postgres that is supported."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from migrations import runner
from persistence.errors import BadDatabaseUrl, MigrationNeeded, Unavailable
from persistence.ids import created_at_ms, month_range, new_game_id
from tests.support.postgres import Server, with_database

VERSIONS = Path(runner.__file__).with_name("versions")
REVISIONS = sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))
HEAD = REVISIONS[-1]


@pytest.fixture(params=["postgres", "postgres15"])
def server(request: pytest.FixtureRequest) -> Server:
    made: Server = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    dsn = server.create()
    yield dsn
    server.drop(dsn)


@pytest.fixture
def connection(server: Server) -> Iterator[psycopg.Connection]:
    dsn = server.migrated()
    with psycopg.connect(dsn, autocommit=True) as made:
        yield made
    server.drop(dsn)


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'play'")
        return {row[0] for row in rows}


def add_game(connection: psycopg.Connection, game_id: str | None = None) -> str:
    made = game_id or new_game_id()
    connection.execute(
        "insert into play.games (id, game, rules_version, config, session_seed) "
        "values (%s, 'relay', 1, '{}', 'secret')",
        [made],
    )
    return made


def add_event(connection: psycopg.Connection, game_id: str, index: int = 0) -> None:
    connection.execute(
        "insert into play.game_events (game_id, event_index, type, payload) values (%s, %s, 'noted', '{}')",
        [game_id, index],
    )


def test_every_migration_can_be_undone_and_repeated(empty: str) -> None:
    assert runner.status(empty) == (None, HEAD, REVISIONS)
    with pytest.raises(MigrationNeeded):
        runner.require_head(empty)
    runner.upgrade(empty)
    first = tables(empty)
    assert {"players", "games", "game_events", "game_summaries", "player_lifetime_stats"} <= first
    assert runner.status(empty) == (HEAD, HEAD, [])
    runner.require_head(empty)
    runner.upgrade(empty)
    runner.downgrade(empty, "base")
    assert tables(empty) == set()
    assert runner.status(empty) == (None, HEAD, REVISIONS)
    runner.upgrade(empty)
    assert tables(empty) == first


def test_simultaneous_migrations_run_once(empty: str) -> None:
    failures: list[BaseException] = []

    def upgrade() -> None:
        try:
            runner.upgrade(empty)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert runner.status(empty)[0] == HEAD


def test_a_newer_schema_is_named(empty: str) -> None:
    runner.upgrade(empty)
    with psycopg.connect(empty) as connection:
        connection.execute("update parlor.migrations set version_num = '999912312359'")
    assert runner.status(empty) == ("999912312359", HEAD, [])
    with pytest.raises(MigrationNeeded, match="999912312359"):
        runner.require_head(empty)


def test_wrong_addresses_are_named(server: Server) -> None:
    with pytest.raises(BadDatabaseUrl):
        runner.status("http://user:secret@host/db")
    with pytest.raises(BadDatabaseUrl, match="does not exist"):
        runner.status(with_database(server.dsn, "nowhere"))
    with pytest.raises(Unavailable) as refused:
        runner.status("postgresql://user:secret@127.0.0.1:1/db")
    assert "secret" not in str(refused.value)


def test_every_month_has_its_partition(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "select c.relname, pg_get_expr(c.relpartbound, c.oid) from pg_class c "
        "join pg_inherits i on i.inhrelid = c.oid "
        "where i.inhparent = 'play.game_events'::regclass and c.relname <> 'game_events_default' order by 1"
    ).fetchall()
    assert len(rows) == 3
    for name, bounds in rows:
        low, high = month_range(int(name[-7:-3]), int(name[-2:]))
        assert bounds == f"FOR VALUES FROM ('{low}') TO ('{high}')"
    game_id = add_game(connection)
    add_event(connection, game_id)
    found = connection.execute("select tableoid::regclass::text from play.game_events").fetchone()
    assert found == (f"play.{rows[0][0]}",)
    assert connection.execute("select play.ensure_partitions(2)").fetchone() == (0,)
    assert connection.execute("select play.ensure_partitions(4)").fetchone() == (2,)
    assert created_at_ms(game_id) > 0


def test_rows_without_a_partition_go_into_the_default_one(connection: psycopg.Connection) -> None:
    low, _ = month_range(2199, 1)
    add_event(connection, add_game(connection, low))
    found = connection.execute("select tableoid::regclass::text from play.game_events").fetchone()
    assert found == ("play.game_events_default",)


@pytest.mark.parametrize("where", ["this month", "no month"])
def test_events_are_never_changed(connection: psycopg.Connection, where: str) -> None:
    game_id = add_game(connection, None if where == "this month" else month_range(2199, 1)[0])
    add_event(connection, game_id)
    partition = connection.execute("select tableoid::regclass::text from play.game_events").fetchone()
    assert partition is not None
    for table in ("play.game_events", partition[0]):
        for statement in ("update {} set type = 'x'", "delete from {}", "truncate {}"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
                connection.execute(statement.format(table).encode())
        insert = "insert into {} (game_id, event_index, type, payload) values (%s, 1, 'noted', '{{}}')"
        nobody = game_id[:-4] + ("ffff" if game_id[-4:] != "ffff" else "eeee")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(insert.format(table).encode(), [nobody])


def test_games_are_never_deleted(connection: psycopg.Connection) -> None:
    add_game(connection)
    for statement in ("delete from play.games", "truncate play.games cascade"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            connection.execute(statement.encode())


def test_a_completed_game_has_a_summary(connection: psycopg.Connection) -> None:
    game_id = add_game(connection)
    complete = "update play.games set status = 'completed', completed_at = now() where id = %s"
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="no summary"):
        connection.execute(complete, [game_id])
    with connection.transaction():
        connection.execute(complete, [game_id])
        connection.execute(
            "insert into play.game_summaries (game_id, players, rounds, final_scores) values (%s, '[]', '[]', '{}')",
            [game_id],
        )
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="no summary"):
        connection.execute("delete from play.game_summaries")
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("update play.games set completed_at = null where id = %s", [game_id])


def test_a_status_is_one_of_four(connection: psycopg.Connection) -> None:
    add_game(connection)
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("update play.games set status = 'lost'")
