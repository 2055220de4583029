"""The settings: the only place where the environment is read. Each field is stated once, with its meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, BaseModel, Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from server import limits

_PORTS = {"http": 80, "https": 443}


def origin_of(text: str) -> str | None:
    """An origin in its one spelling, as browsers send it: lower case, no default port. None: that is no origin."""
    try:
        parts = urlsplit(text.lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc or "*" in parts.netloc)
    if parts.scheme not in _PORTS or not host or not bare:
        return None
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


class Settings(BaseSettings):
    """Everything that an operator may set, by environment variable or (where one exists) by option.

    A wing adds one field, a group of its own: `campaign: CampaignSettings` (a pydantic model with defaults) reads
    `PARLOR_CAMPAIGN_*`. `variables` lists the fields of all groups.
    """

    model_config = SettingsConfigDict(
        env_prefix="PARLOR_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
    )

    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "database_url"),
        description="the Postgres (15 or newer) to use; not set: an embedded one in the data folder",
    )
    env: Literal["development", "production"] = Field(
        default="development", description="production refuses the embedded database and a generated token key"
    )
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0: any free one")
    data_dir: Path = Field(default=Path(".parlor"), description="folder of the embedded database and the token key")
    token_key: SecretStr | None = Field(
        default=None,
        description="key that signs players' tokens, 32 characters at least; not set: made once in the data folder",
    )
    admin_token: SecretStr | None = Field(
        default=None,
        description="opens the operator's page at /ops, 32 characters at least; not set: there is no such page",
    )
    public_url: str | None = Field(
        default=None,
        description="how clients reach this server, for example wss://play.example.org; not set: as they asked",
    )
    origins: tuple[str, ...] = Field(
        default=(), description="origins of pages that may connect, as a JSON list; empty: only pages of this server"
    )
    commands_per_s: int = Field(default=limits.COMMANDS_PER_S, ge=1, description="frames a second, per connection")
    burst: int = Field(default=limits.COMMANDS_BURST, ge=1, description="frames at once, per connection")
    bytes_per_s: int = Field(default=limits.BYTES_PER_S, ge=1, description="bytes a second, per connection")
    bytes_burst: int = Field(
        default=limits.BYTES_BURST, ge=limits.FRAME_BYTES_MAX, description="bytes at once, per connection"
    )
    connections_max: int = Field(
        default=limits.CONNECTIONS_MAX, ge=1, description="WebSocket connections of this server"
    )
    connections_per_ip_max: int = Field(
        default=limits.CONNECTIONS_PER_IP_MAX, ge=1, description="WebSocket connections from one address"
    )
    connections_per_player_max: int = Field(
        default=limits.CONNECTIONS_PER_PLAYER_MAX, ge=1, description="rooms that one player is connected to at once"
    )
    client_ip_header: str | None = Field(
        default=None,
        description="header in which a proxy names the client's address; only if every connection comes through it",
    )
    http_changes_per_s: float = Field(
        default=limits.HTTP_CHANGES_PER_S, gt=0, description="HTTP requests that change something, per address"
    )
    http_changes_burst: int = Field(
        default=limits.HTTP_CHANGES_BURST, ge=1, description="the same at once, per address"
    )
    http_reads_per_s: float = Field(
        default=limits.HTTP_READS_PER_S, gt=0, description="HTTP requests below /api that only read, per address"
    )
    http_reads_burst: int = Field(default=limits.HTTP_READS_BURST, ge=1, description="the same at once, per address")
    rooms_per_player_max: int = Field(
        default=limits.ROOMS_PER_PLAYER_MAX, ge=1, description="rooms in memory that one player has created"
    )
    replay_viewers_max: int = Field(
        default=limits.REPLAY_VIEWERS_MAX, ge=0, description="connections to replays of finished games"
    )
    bot_think_ms: int = Field(
        default=limits.BOT_THINK_MS,
        ge=limits.BOT_THINK_MS_MIN,
        le=5_000,
        description="milliseconds that a bot of level strong thinks about a decision, 20 to 5,000",
    )
    bot_processes: int | None = Field(
        default=None,
        ge=0,
        le=limits.BOT_PROCESSES_MAX,
        description="processes in which such bots think; not set: one for each core but one; 0: they don't think",
    )
    writers: int = Field(default=1, ge=1, le=16, description="connections that write the event log")
    drain_s: float = Field(default=limits.DRAIN_S, gt=0, description="seconds to finish after a stop signal")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least level that is logged"
    )
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="json: one object a line; text: for reading; auto: text on a terminal"
    )

    @field_validator("origins")
    @classmethod
    def _origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(origin_of(text) for text in given)
        if None in found:
            raise ValueError("an origin is scheme://host or scheme://host:port, without a path or a wildcard")
        return tuple(origin for origin in found if origin is not None)

    @field_validator("token_key", "admin_token")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value().encode()) < 32:
            raise ValueError("must have at least 32 characters")
        return key


def variables(settings: type[BaseSettings] = Settings) -> dict[str, FieldInfo]:
    """Every environment variable with its field, those of the wings' groups included."""
    found: dict[str, FieldInfo] = {}
    for name, field in settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            found |= {f"PARLOR_{name}_{inner}".upper(): of_group for inner, of_group in group.model_fields.items()}
        else:
            found["DATABASE_URL" if name == "database_url" else f"PARLOR_{name}".upper()] = field
    return found
