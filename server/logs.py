"""Logs: one JSON object a line, or text on a terminal. Hands, seeds and tokens never enter them."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

_FIELDS = ("address", "action", "game_id", "player_id", "reason")
"""Names of `extra` fields that are logged beside the message."""

_SECRET_KEYS = frozenset({"session_seed", "client_seed", "token", "authorization", "hand", "hands", "password"})


def _without_secrets(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """The last safeguard: hide fields with secret names."""
    return {key: "[hidden]" if key in _SECRET_KEYS else value for key, value in event.items()}


def configure(level: str, style: str) -> None:
    """Send everything that is logged to standard error. `style`: json, text, or auto (text on a terminal)."""
    text = style == "text" or (style == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=_FIELDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_secrets,
    ]
    last: Any = structlog.dev.ConsoleRenderer() if text else structlog.processors.JSONRenderer()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([] if text else [structlog.processors.format_exc_info]),
            last,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "websockets"):
        logger = logging.getLogger(noisy)
        logger.handlers.clear()
        logger.setLevel(logging.WARNING)
