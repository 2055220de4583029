"""What the wing `play` gives to the server: rooms, games, players and their statistics."""

from __future__ import annotations

import secrets
import socket

from persistence.play import players
from server.gateway.door import Opener
from server.kernel import Kernel
from server.lobby.matchmaking import Matchmaker
from server.lobby.rematch import Rematches
from server.lobby.room_list import RoomList
from server.play import demo
from server.play.jobs.after_game import after_game_job
from server.play.jobs.partitions import partitions_job
from server.play.jobs.recovery import recovery_job
from server.play.jobs.tickets import tickets_job
from server.play.metrics import PlayMetrics
from server.play.ratings.service import Ratings
from server.play.routes import chat, games, leaderboards, matchmaking, rooms, statistics
from server.play.routes import players as player_routes
from server.play.service.profiles import Profiles
from server.play.service.services import Services
from server.play.sockets.lobby import LobbySession
from server.play.sockets.replay import ReplaySession, ReplaySessions
from server.play.sockets.room import RoomSession, RoomSessions
from server.replays.reader import Reader
from server.rooms.bots import pool
from server.rooms.bots.players import bot_players, bot_rows
from server.rooms.directory import Directory
from server.slice import Slice

_ROUTES = (player_routes, statistics, rooms, matchmaking, chat, games, leaderboards)


def build(kernel: Kernel) -> Slice[Services]:
    """The wing, built and not yet open."""
    settings, clock, metrics, database = kernel.settings, kernel.clock, kernel.metrics, kernel.database
    processes = pool.processes(settings.bot_processes)
    bot_pool = pool.ProcessPool(clock, metrics, processes=processes, think_ms=settings.bot_think_ms)
    node, bots = f"{socket.gethostname()}:{secrets.token_hex(4)}", bot_players(kernel.registry)
    directory = Directory(
        kernel.registry, kernel.log, database, clock, metrics, node, bots, settings.rooms_per_player_max, bot_pool
    )
    directory.watch(rematch=Rematches(directory, database).begin)
    matchmaker = Matchmaker(directory, database, clock, metrics)
    room_list = RoomList(directory, database, clock, metrics)
    services = Services(
        settings,
        clock,
        kernel.registry,
        kernel.tokens,
        database,
        kernel.log,
        directory,
        matchmaker,
        Profiles(database),
        Reader(kernel.registry, kernel.log, database, directory, clock),
    )

    async def add_bots() -> None:
        await players.ensure_bots(database, bot_rows(bots))

    async def close() -> None:
        room_list.close()
        await bot_pool.close()

    return Slice(
        "play",
        services,
        routers=[module.router for module in _ROUTES],
        sockets=_sockets(kernel, services, room_list),
        jobs=[
            recovery_job(directory, database),
            partitions_job(database),
            tickets_job(matchmaker),
            after_game_job(Ratings(PlayMetrics(metrics.registry)).consumer, database),
        ],
        open=add_bots,
        drain=directory.close,
        close=close,
        demo=lambda: demo.make(services),
    )


def _sockets(kernel: Kernel, services: Services, room_list: RoomList) -> dict[str, Opener]:
    clock, metrics, settings = kernel.clock, kernel.metrics, kernel.settings
    in_rooms = RoomSessions(services.directory, services.profiles, services.tokens, clock, metrics, settings)
    in_replays = ReplaySessions(
        services.reader, services.database, services.tokens, clock, metrics, settings, in_rooms.limits
    )
    return {
        "/ws/rooms/": lambda outlet, who: RoomSession(in_rooms, outlet, who.name, who.encoder, who.bearer),
        "/ws/lobby": lambda outlet, who: LobbySession(
            room_list, outlet, who.query, who.encoder, clock, metrics, settings
        ),
        "/ws/replays/": lambda outlet, who: ReplaySession(in_replays, outlet, who.name, who.encoder, who.bearer),
    }
