"""New settings of a room before its game begins: what the host may change, and what stays. Pure."""

from __future__ import annotations

from typing import Any

from server.games import table_commands
from server.games.rules import Config, Game, PlayerId, Refusal
from server.games.table import Table, config_data
from server.games.table_commands import ChangeSettings, Decision
from server.games.table_events import SettingsChanged
from server.wire.config import decode_config
from server.wire.error_codes import ErrorCode


def change_settings(game: Game[Any], table: Table, actor: PlayerId, wish: ChangeSettings) -> Decision:
    """The new settings as a whole, checked as those of a new room are; what is not given stays as it is."""
    if table.is_over:
        return Refusal(ErrorCode.INVALID_PHASE, "the game is over")
    refusal = table_commands.host_in_lobby(table, actor)
    if refusal:
        return refusal
    if wish.config is None and wish.is_public is None:
        return Refusal(ErrorCode.INVALID_COMMAND, "change_settings: config or is_public must be given", field="config")
    given = wish.config or {}
    if given.get("game", table.game) != table.game:
        return _fixed("game", "the game of a room can't be changed: open another room")
    config = decode_config(game, {**config_data(table.config), **given})
    if isinstance(config, Refusal):
        return config
    is_public = table.is_public if wish.is_public is None else wish.is_public
    if (config, is_public) == (table.config, table.is_public):
        return Refusal(ErrorCode.INVALID_COMMAND, "change_settings: the settings are these already")
    return _unchangeable(table, config) or (SettingsChanged(config_data(config), is_public),)


def _unchangeable(table: Table, config: Config) -> Refusal | None:
    """What the room can't be asked for any more."""
    if config.durability != table.config.durability:
        return _fixed("durability", "durability is chosen when a room is opened")
    seats = [player.seat for player in table.seated() if player.seat is not None]
    if seats and config.max_players <= seats[-1]:
        return _fixed("max_players", f"max_players must be at least {seats[-1] + 1}: seat {seats[-1]} is taken")
    if config.spectator_delay_s < table.config.spectator_delay_s:
        told = table.config.spectator_delay_s
        return _fixed("spectator_delay_s", f"spectator_delay_s may only be raised: {told} seconds were promised")
    return None


def _fixed(name: str, message: str) -> Refusal:
    return Refusal(ErrorCode.INVALID_CONFIG, message, field=f"config.{name}")
