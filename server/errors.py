"""The errors of the server that are raised. (Refusals are returned: see games/rules.py.)

ParlorError
├── StartupError        the server can't start; one line for the operator, and an exit code
├── Refused             a request breaks a rule; has a code of the protocol and an HTTP status
├── RoomUnavailable     a room can't be served now; trying again may help
│   └── LogShortened    the database has lost events that the room has already sent
└── RoomQuarantined     a room can't be served until an operator has looked at it
"""

from __future__ import annotations


class ParlorError(Exception):
    """Everything that Parlor raises on purpose."""


class StartupError(ParlorError):
    """`exit_code` 2: wrong input from the operator; 1: the environment failed."""

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
    """The database is unavailable, or the room is being moved."""


class LogShortened(RoomUnavailable):
    """A failover has lost committed events: the room must be loaded again from the remaining log."""


class RoomQuarantined(ParlorError):
    """The log refuses the room's appends again and again."""

    def __init__(self) -> None:
        super().__init__("the server failed on this room")
