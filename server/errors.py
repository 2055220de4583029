"""The errors of the server that are raised. (Refusals are returned: see games/rules.py.)

ParlorError
├── StartupError        the server can't start; one line for the operator, and an exit code
├── Refused             a request breaks a rule; has a code of the protocol and an HTTP status
├── RoomUnavailable     a room can't be served just now; worth trying again
│   └── LogShortened    the database has gone back behind what the room has told
└── RoomQuarantined     a room can't be served until somebody has looked at it
"""

from __future__ import annotations


class ParlorError(Exception):
    """Everything that Parlor raises on purpose."""


class StartupError(ParlorError):
    """`exit_code` 2: the operator gave something wrong; 1: the surroundings failed."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Refused(ParlorError):
    """`field`: the name of the offending field, where there is one."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field


class RoomUnavailable(ParlorError):
    """The database is away, or the room is being moved."""


class LogShortened(RoomUnavailable):
    """A failover has lost events that were committed: the room has to be loaded again from what is left."""


class RoomQuarantined(ParlorError):
    """What the room does is refused by its own log, again and again."""

    def __init__(self) -> None:
        super().__init__("the server failed on this room")
