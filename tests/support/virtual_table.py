"""The test kit's table as our own tests want it: any installed game by its name, with a chat."""

from __future__ import annotations

from typing import Any

from server.games.registry import Registry
from server.testing.table import SEED, Frame, Seat, Table
from tests.support.memory_chat import MemoryChats

REGISTRY = Registry.installed()  # made once: it reads the metadata of what is installed

__all__ = ["REGISTRY", "SEED", "Frame", "Seat", "VirtualTable"]


class VirtualTable(Table):
    """See `server.testing.table`."""

    chats: MemoryChats

    def __init__(self, game: str = "eldorado", players: int = 2, bots: int = 0, **given: Any) -> None:
        super().__init__(REGISTRY.game(game), players, bots, registry=REGISTRY, chats=MemoryChats(), **given)
