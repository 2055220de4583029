"""Bringing a database to the schema that this version of the code was written for.

Plain blocking functions: they run before the server starts, or from the command line. Only one process at a time
migrates a database (an advisory lock); the others wait and then find nothing left to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from persistence.errors import BadDatabaseUrl, MigrationNeeded, Unavailable

_LOCK = 0x7061_726C_6F72  # any number that nobody else takes: "parlor"
_CONNECT_TIMEOUT_S = 10
_OLDEST_POSTGRES = 15


def upgrade(dsn: str, target: str = "head") -> None:
    """Apply what is pending, up to `target`. Raises BadDatabaseUrl, Unavailable, or what a migration raised."""
    with _configured(dsn) as config, _locked(config):
        command.upgrade(config, target)


def downgrade(dsn: str, target: str) -> None:
    """Take back everything after `target` (a revision, `base` for all). Data of dropped tables is lost."""
    with _configured(dsn) as config, _locked(config):
        command.downgrade(config, target)


def status(dsn: str) -> tuple[str | None, str | None, list[str]]:
    """(current revision or None, newest revision, pending revisions with the oldest first)."""
    with _configured(dsn) as config:
        scripts = ScriptDirectory.from_config(config)
        connection: sqlalchemy.Connection = config.attributes["connection"]
        known = connection.execute(sqlalchemy.text("select to_regclass('parlor.migrations')")).scalar()
        read = sqlalchemy.text("select version_num from parlor.migrations")
        current = connection.execute(read).scalar() if known else None
        head = scripts.get_current_head()
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            return current, head, []
        newest_first = scripts.iterate_revisions("head", current or "base")
        return current, head, [script.revision for script in newest_first][::-1]


def require_head(dsn: str) -> None:
    """Raise MigrationNeeded unless the database is exactly at the newest revision."""
    current, head, _ = status(dsn)
    if current != head:
        raise MigrationNeeded(current, head)


@contextmanager
def _configured(dsn: str) -> Iterator[Config]:
    """Alembic's configuration with an open connection in it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_path_separator", "os")
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(dsn), poolclass=sqlalchemy.NullPool
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        yield config


@contextmanager
def _locked(config: Config) -> Iterator[None]:
    """One process at a time. The lock belongs to the session, so it ends with the connection at the latest."""
    connection: sqlalchemy.Connection = config.attributes["connection"]
    connection.execute(sqlalchemy.text("select pg_advisory_lock(:key)"), {"key": _LOCK})
    connection.execute(sqlalchemy.text("create schema if not exists parlor"))
    connection.commit()
    yield


def _connect(dsn: str) -> psycopg.Connection:
    """Takes any URL that libpq takes, which is more than SQLAlchemy's own parser does."""
    try:
        connection = psycopg.connect(dsn, connect_timeout=_CONNECT_TIMEOUT_S, application_name="parlor migrations")
    except psycopg.ProgrammingError:
        raise BadDatabaseUrl("the database url is malformed") from None
    except psycopg.OperationalError as error:
        told = " ".join(str(error).split())  # libpq names host, user and database, and never the password
        if "does not exist" in told or "authentication failed" in told:
            raise BadDatabaseUrl(f"the database refuses us: {told}") from None
        raise Unavailable(f"no connection to the database: {told}") from None
    if connection.info.server_version < _OLDEST_POSTGRES * 10_000:
        connection.close()
        raise BadDatabaseUrl(f"Parlor needs Postgres {_OLDEST_POSTGRES} or newer")
    return connection
