"""Fixtures for all tests; each is written and explained where it is imported from."""

from tests.support.postgres import database, dsn, postgres, postgres15

__all__ = ["database", "dsn", "postgres", "postgres15"]
