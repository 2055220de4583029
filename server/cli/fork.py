"""parlor fork: start a new game from the middle of a finished one."""

from __future__ import annotations

from persistence.database import Database
from persistence.errors import Conflict
from persistence.ids import new_game_id
from persistence.play import players
from server.cli.database import open_log
from server.cli.load_game import known_id, load_game
from server.clock import SystemClock
from server.errors import StartupError
from server.games.registry import Registry
from server.games.rules import Refusal
from server.replays.forking import Fork, Taker, fork, write
from server.rooms.bots.players import bot_players
from server.rooms.directory import new_join_code
from server.settings import Settings

_CODE_ATTEMPTS = 3


async def fork_game(settings: Settings, game_id: str, at: int, player_id: str | None, seat: int | None) -> None:
    """Create the fork and print how to join it. Play starts when the first client connects.

    Raises StartupError.
    """
    if seat is not None and player_id is None:
        raise StartupError("--seat needs --player, who is to sit there", exit_code=2)
    found = await load_game(settings, game_id)
    if not found.is_completed:
        raise StartupError(f"the game is {found.row.status}: it can be forked once it is completed", exit_code=2)
    registry, now_ms = Registry.installed(), SystemClock().now_ms()
    async with open_log(settings) as (database, _):
        taker = None if player_id is None else await _taker(database, player_id, seat)
        codec, bots = registry.codec(found.row.game), bot_players(registry)
        made = fork(found.game, codec, found.records, new_game_id(), at, taker, bots, now_ms)
        if isinstance(made, Refusal):
            raise StartupError(made.message, exit_code=2)
        join_code = await _write(database, made, now_ms)
    who = "bots alone" if made.seat is None else f"{player_id} has seat {made.seat}"
    print(f"{found.row.game} {made.state.table.game_id} goes on after event {made.at}: {who}, join code {join_code}")


async def _taker(database: Database, player_id: str, seat: int | None) -> Taker:
    player = await players.get(database, known_id(player_id, "a player"))
    if player is None:
        raise StartupError(f"--player: there is no player {player_id}", exit_code=2)
    profile = {"display_name": player.display_name, "avatar_seed": player.avatar_seed, "color": player.color}
    return Taker(player.id, profile, seat)


async def _write(database: Database, made: Fork, now_ms: int) -> str:
    for _ in range(_CODE_ATTEMPTS):
        join_code = new_join_code()
        try:
            await database.apply(write(made, join_code, now_ms))
        except Conflict:
            continue  # the code is in use
        return join_code
    raise StartupError("no room could be created")
