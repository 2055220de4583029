"""Matchmaking: the fullest open public room with a free seat, else a new one; bots fill it when nobody comes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from server import limits
from server.clock import Clock
from server.errors import Refused
from server.games.rules import Game, PlayerId, Refusal
from server.games.table import Phase
from server.games.table_events import PlayerJoined, Profile
from server.rooms.directory import Directory, NewRoom
from server.rooms.opening import room_config
from server.rooms.room import Room

_log = logging.getLogger(__name__)


class Matchmaker:
    """Seats are given by the rooms themselves, synchronously: two people can't get the same one."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._opening: dict[str, asyncio.Lock] = {}  # by game: people who ask at the same moment meet in one room

    async def place(self, game: Game[Any], player_id: PlayerId, profile: Profile, *, bots: bool) -> tuple[Room, int]:
        """A seat for this player. `bots`: fill up with bots at once. Raises `Refused`, `RoomUnavailable`."""
        async with self._opening.setdefault(game.name, asyncio.Lock()):
            room = self._fullest(game, player_id)
            if room is None:
                room = await self._open(game, player_id, profile)
        seat = await room.join(player_id, profile, spectator=False)
        if seat is None:
            raise Refused(409, "room_full", "the seat was taken meanwhile")
        if bots:
            self._fill(room)
        return room, seat

    def _fullest(self, game: Game[Any], player_id: PlayerId) -> Room | None:
        open_rooms = []
        for room in self._directory:
            table = room.core.table
            if room.core.game is not game or not room.core.identity.is_public or table.phase != Phase.LOBBY:
                continue
            seated = len(table.seated())
            member = table.players.get(player_id)
            if member is not None and member.kicked:
                continue
            if member is not None and member.seat is not None:
                return room  # whoever asks again is told his seat again
            if 0 < seated < min(limits.MATCH_SEATS, table.config.max_players):
                open_rooms.append((seated, room))
        return max(open_rooms, key=lambda item: item[0])[1] if open_rooms else None

    async def _open(self, game: Game[Any], player_id: PlayerId, profile: Profile) -> Room:
        seats = limits.MATCH_SEATS
        config = room_config(game, {"min_players": seats, "max_players": seats, "autostart": True}, bots_alone=False)
        if isinstance(config, Refusal):
            raise Refused(422, config.code, config.message, config.field)
        joins = (PlayerJoined(player_id, 0, profile),)
        room = await self._directory.create(NewRoom(game, config, player_id, joins, is_public=True))
        self._clock.call_later(limits.FILL_AFTER_S, lambda: self._fill(room))
        return room

    def _fill(self, room: Room) -> None:
        """Bots take the free seats, and with the last of them the game starts."""
        table = room.core.table
        if room.closed is None and table.phase == Phase.LOBBY and room.core.game.bot_levels:
            room.add_bots(min(limits.MATCH_SEATS, table.config.max_players) - len(table.seated()))
