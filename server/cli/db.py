"""parlor db: print the URL of the database, open psql, stop the embedded server."""

from __future__ import annotations

import shutil
import subprocess

from persistence.embedded import postgres
from server.errors import StartupError
from server.settings import Settings


def url(settings: Settings) -> None:
    """Print the DSN and nothing else. Starts the embedded server if needed, and leaves it running."""
    print(_url(settings))


def psql(settings: Settings) -> int:
    """Run psql in the database."""
    program = shutil.which("psql")
    if program is None:
        raise StartupError("psql is not installed (Debian: apt-get install postgresql-client)")
    return subprocess.run([program, _url(settings)], check=False).returncode  # noqa: S603  # a program found on the path


def stop(settings: Settings) -> None:
    """Stop the embedded server, unless a running parlor owns it."""
    if settings.database_url is not None:
        raise StartupError("DATABASE_URL is set: Parlor does not stop a server that it did not start", exit_code=2)
    if postgres.connection_url(settings.data_dir) is None:
        print("not running")
        return
    server = postgres.start(settings.data_dir)
    if not server.owned:
        raise StartupError("a running parlor uses this database: stop that first")
    server.stop()
    print("stopped")


def _url(settings: Settings) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    running = postgres.connection_url(settings.data_dir)
    if running is not None:
        return running
    server = postgres.start(settings.data_dir)
    dsn = server.dsn
    server.leave()
    return dsn
