"""The data folder: where the token key lives, and the embedded Postgres in development."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from server.errors import StartupError
from server.settings import Settings

_KEY_FILE = "token.key"
_KEY_BYTES = 32


def refuse_embedded_in_production(settings: Settings) -> None:
    """Raise StartupError in production without DATABASE_URL."""
    if settings.env == "production" and settings.database_url is None:
        raise StartupError("DATABASE_URL must be set in production", exit_code=2)


def token_key(settings: Settings) -> bytes:
    """The key that signs tokens: from the settings, else generated once and kept in the data folder."""
    if settings.token_key is not None:
        return settings.token_key.get_secret_value().encode()
    if settings.env == "production":
        raise StartupError("PARLOR_TOKEN_KEY must be set in production", exit_code=2)
    path = settings.data_dir / _KEY_FILE
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_bytes(_KEY_BYTES))
        key = path.read_bytes()
    except OSError as error:
        raise StartupError(f"the data folder {settings.data_dir} can't be used: {error.strerror}") from None
    if len(key) < _KEY_BYTES:
        raise StartupError(f"{path} is damaged: delete it (all players then get new tokens)")
    return key


def _write_once(path: Path, key: bytes) -> None:
    """Write the file atomically, readable by the owner only. Two servers that start together agree on one key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
