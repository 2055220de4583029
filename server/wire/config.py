"""Room settings: from a map to the game's own frozen config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import ValidationError, convert

from server.games.rules import Config, Game, Refusal
from server.wire.misfits import first_misfit


def decode_config(game: Game[Any], given: Mapping[str, Any]) -> Config | Refusal:
    """The config with `given` laid over the defaults; strict types, bounds checked, unknown keys ignored."""
    try:
        config = convert(given, game.config)
    except ValidationError:
        where, problem = first_misfit(game.config, given)
        return Refusal("invalid_config", f"config.{where}: {problem}", field=f"config.{where}")
    return config.problem() or config
