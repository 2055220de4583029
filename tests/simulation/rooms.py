"""Draws the rooms of a simulation: their game, players, spectators and bots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from server.games.rules import Game
from server.games.table_events import PlayerJoined, Profile
from server.rooms.bots.players import bot_players
from server.rooms.directory import NewRoom
from tests.simulation.client import CardPlayer, Client, Connect
from tests.simulation.loop import VirtualLoop
from tests.simulation.node import registry

_QUICK = {"rounds": 1, "turn_seconds": 10, "round_pause_ms": 200}
"""Settings that make a game of El Dorado short enough for a simulation."""


@dataclass(slots=True)
class SimulatedRoom:
    """`bots`: number of bots beside the clients. `game_id`: empty until the room has been created."""

    game: Game[Any]
    settings: dict[str, Any]
    clients: list[Client] = field(default_factory=list)
    bots: int = 0
    game_id: str = ""

    def new_room(self) -> NewRoom:
        """The request to create the room; its first player is the host."""
        seated = [client for client in self.clients if client.role is None]
        joins = [PlayerJoined(client.player_id, seat, profile(client)) for seat, client in enumerate(seated)]
        for number in range(1, self.bots + 1):
            bot = bot_players(registry())["strong", number]
            joins.append(PlayerJoined(bot.player_id, len(joins), bot.profile, is_bot=True, strategy="strong"))
        return NewRoom(self.game, self.game.config(**self.settings), seated[0].player_id, tuple(joins), True)

    def created(self, game_id: str) -> None:
        """The room exists: its clients may connect."""
        self.game_id = game_id
        for client in self.clients:
            client.game_id = game_id


def profile(client: Client) -> Profile:
    return {"display_name": client.name, "avatar_seed": client.name, "color": "#123456"}


def rooms(random: Random, loop: VirtualLoop, connect: Connect) -> Iterator[SimulatedRoom]:
    """One or two rooms; two share the writer's transactions."""
    for number in range(1, random.choice((1, 1, 1, 2)) + 1):
        cards = random.random() < 0.35
        room = SimulatedRoom(registry().game("eldorado" if cards else "relay"), _QUICK if cards else {})
        kind = CardPlayer if cards else Client
        for letter in "abc"[: random.choice((2, 2, 3))]:
            room.clients.append(kind(f"{letter}{number}", _player_id(random), None, loop, random, connect))
        if cards and random.random() < 0.25:
            room.bots = random.choice((1, 2))
        if random.random() < 0.5:
            room.clients.append(Client(f"w{number}", _player_id(random), "spectator", loop, random, connect))
        yield room


def _player_id(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))
