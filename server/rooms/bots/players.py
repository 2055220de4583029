"""The players that bots are: the same few in every room and on every server, so that they have statistics too."""

from __future__ import annotations

from uuid import UUID, uuid5

from persistence.play.players import PlayerRow
from server import limits
from server.games.registry import Registry
from server.games.table_commands import BotIdentity
from server.rooms.machine.decisions import Bots

_NAMESPACE = UUID("6f3a1c52-7a0e-5d1b-9c1f-0d6d2f6b8e11")
_COLOR = "#5566ff"


def bot_players(registry: Registry) -> Bots:
    """One player per level and number, for every level that any installed game has."""
    levels = sorted({level for game in registry for level in game.bot_levels})
    return {
        (level, number): BotIdentity(
            str(uuid5(_NAMESPACE, f"bot:{level}:{number}")),
            {"display_name": f"Bot {number}", "avatar_seed": f"bot:{number}", "color": _COLOR},
        )
        for level in levels
        for number in range(1, limits.BOTS_PER_LEVEL + 1)
    }


def bot_rows(bots: Bots) -> list[PlayerRow]:
    """Their rows in the players table."""
    return [
        PlayerRow(
            id=bot.player_id,
            display_name=bot.profile["display_name"],
            avatar_seed=bot.profile["avatar_seed"],
            color=bot.profile["color"],
            is_bot=True,
        )
        for bot in bots.values()
    ]
