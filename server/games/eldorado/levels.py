"""The bots by level, the weakest first."""

from __future__ import annotations

from server.games.eldorado.bots import RandomBot, SteadyBot
from server.games.eldorado.search import StrongBot
from server.games.rules import Bot

BOTS: dict[str, Bot] = {"random": RandomBot(), "steady": SteadyBot(), "strong": StrongBot()}
