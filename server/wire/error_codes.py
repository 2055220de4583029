"""Codes of `reject` and `error` frames, with the HTTP status that says the same. Games add codes (`Game.refusals`)."""

from enum import StrEnum


class ErrorCode(StrEnum):
    NOT_YOUR_TURN = "not_your_turn"
    INVALID_PHASE = "invalid_phase"
    ROOM_FULL = "room_full"
    ROOM_NOT_FOUND = "room_not_found"
    NOT_HOST = "not_host"
    NOT_READY = "not_ready"
    ALREADY_STARTED = "already_started"
    NOT_SEATED = "not_seated"
    INVALID_PROFILE = "invalid_profile"
    INVALID_COMMAND = "invalid_command"
    INVALID_CONFIG = "invalid_config"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    FORBIDDEN = "forbidden"
    CHAT_OFF = "chat_off"
    INTERNAL = "internal"


_CODES = frozenset(ErrorCode)
RETRYABLE = frozenset({ErrorCode.RATE_LIMITED, ErrorCode.UNAVAILABLE})
HTTP_STATUS = {
    ErrorCode.ROOM_FULL: 409,
    ErrorCode.ROOM_NOT_FOUND: 404,
    ErrorCode.NOT_HOST: 403,
    ErrorCode.NOT_READY: 409,
    ErrorCode.ALREADY_STARTED: 409,
    ErrorCode.NOT_SEATED: 403,
    ErrorCode.INVALID_PHASE: 409,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.CHAT_OFF: 403,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.INTERNAL: 500,
}
"""Codes that are not listed: 422."""


def http_status(code: str) -> int:
    """The HTTP status of a reject code, of the protocol or of a game."""
    return HTTP_STATUS.get(ErrorCode(code), 422) if code in _CODES else 422
