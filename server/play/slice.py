"""What the wing `play` gives to the server: rooms, games, players and their statistics."""

from __future__ import annotations

from server.play.routes import chat, games, leaderboards, matchmaking, players, rooms, statistics

ROUTERS = tuple(module.router for module in (players, statistics, rooms, matchmaking, chat, games, leaderboards))
