"""Fixtures for all tests; each is written and explained where it is imported from."""

import pytest

from tests.support.budget import Budget
from tests.support.guests import guests
from tests.support.in_process_server import app
from tests.support.order import longest_first
from tests.support.postgres import database, dsn, postgres, postgres15
from tests.support.server import live_server, server_process, shared_server, strict_server

__all__ = [
    "app",
    "database",
    "dsn",
    "guests",
    "live_server",
    "postgres",
    "postgres15",
    "server_process",
    "shared_server",
    "strict_server",
]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Budget(config.rootpath / "test-results"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)
