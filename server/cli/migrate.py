"""parlor migrate: upgrade or downgrade the schema, or show its version."""

from __future__ import annotations

from migrations import runner
from persistence.embedded import postgres
from server.cli.database import database_url
from server.data_folder import refuse_embedded_in_production
from server.settings import Settings


def up(settings: Settings) -> None:
    if settings.database_url is None:
        refuse_embedded_in_production(settings)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        server = postgres.start(settings.data_dir)
        try:
            runner.upgrade(server.dsn)
        finally:
            server.stop()
    else:
        runner.upgrade(settings.database_url.get_secret_value())
    status(settings)


def down(settings: Settings, target: str) -> None:
    """Undo all migrations after `target`."""
    with database_url(settings) as url:
        runner.downgrade(url, target)
    status(settings)


def status(settings: Settings) -> None:
    with database_url(settings) as url:
        current, head, pending = runner.status(url)
    print(f"at {current or 'nothing'}, newest {head}")
    for revision in pending:
        print(f"pending {revision}")
