"""What can go wrong between Parlor and its database. No message ever contains a password or a row's content.

    PersistenceError
    ├── Unavailable          the database can't be reached or doesn't answer in time; trying again may help
    ├── BadDatabaseUrl       the address or what it names is wrong: scheme, password, database; trying again won't help
    ├── MigrationNeeded      the schema is not the one that this code was written for
    ├── Conflict             a unique constraint refused a row
    ├── Rejected             the database refused the data for another reason
    │   └── MalformedCursor  a cursor that the list has not issued
    └── EmbeddedUnavailable  the embedded Postgres can't be started here

`driver.translated` turns errors of the driver into these.
"""

from __future__ import annotations


class PersistenceError(Exception):
    """Root of the tree. `retryable`: the same call may succeed later."""

    retryable = False


class Unavailable(PersistenceError):
    """No connection, or no answer in time."""

    retryable = True


class BadDatabaseUrl(PersistenceError):
    """The database url is malformed, or names a user, password or database that doesn't exist."""


class MigrationNeeded(PersistenceError):
    """The schema lags behind the code (or runs ahead of it)."""

    def __init__(self, current: str | None, head: str | None) -> None:
        super().__init__(f"the database is at migration {current or 'none'}, this version needs {head or 'none'}")
        self.current = current
        self.head = head


class Conflict(PersistenceError):
    """A unique constraint refused the row. `constraint`: its name, e.g. `players_user_id_key`."""

    def __init__(self, constraint: str) -> None:
        super().__init__(f"a row like this exists already ({constraint})")
        self.constraint = constraint


class Rejected(PersistenceError):
    """The database refused a statement. `sqlstate`: five characters, see Postgres, appendix A."""

    def __init__(self, sqlstate: str, reason: str) -> None:
        super().__init__(f"refused by the database: {reason} ({sqlstate})")
        self.sqlstate = sqlstate
        self.reason = reason


class MalformedCursor(Rejected):
    """A cursor that the list has not issued."""

    def __init__(self) -> None:
        super().__init__("22007", "malformed cursor")


class EmbeddedUnavailable(PersistenceError):
    """The embedded Postgres is not installed, or can't run on this data folder."""
