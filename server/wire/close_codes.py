"""Close codes of the protocol."""

from enum import IntEnum


class CloseCode(IntEnum):
    NORMAL = 1000
    GOING_AWAY = 1001
    FRAME_TOO_LARGE = 1009
    RESTART = 1012  # the reason is the delay in milliseconds before the client should come back
    MALFORMED = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403  # or kicked
    NO_SUCH_ROOM = 4404
    IDLE = 4408
    REPLACED = 4409
    RATE_LIMITED = 4429
