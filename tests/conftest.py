"""Fixtures for all tests; each is written and explained where it is imported from."""

from tests.support.foreign import guests, shared_server
from tests.support.inprocess import app
from tests.support.postgres import database, dsn, postgres, postgres15
from tests.support.server import live_server, server_process, strict_server

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
