"""Room settings: from a map to the game's own frozen config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from server.games.rules import Config, Game, Refusal
from server.wire.commands import strict_model


def decode_config(game: Game[Any], given: Mapping[str, Any]) -> Config | Refusal:
    """The config with `given` laid over the defaults; strict types, bounds checked, unknown keys ignored."""
    try:
        fields = strict_model(game.config)(dict(given)).__dict__
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return Refusal("invalid_config", f"config.{where}: {first['msg']}", field=f"config.{where}")
    config = game.config(**fields)
    return config.problem() or config
