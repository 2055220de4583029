"""Divides a load test among client processes. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from loadtest.load.settings import LoadSettings


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one client process. `rate`, `reads_per_s`, `rooms`: its part. `url`: of the server."""

    number: int
    url: str
    work: str
    game: str
    rooms: int
    players: int
    spectators: int
    rate: float | None
    window: int
    ramp_s: float
    cut_every_s: float
    reads_per_s: float
    protocol: str
    seed: int
    is_own_server: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def divide(asked: LoadSettings, url: str, processes: int) -> list[Share]:
    """As even parts as possible; every process gets at least one room."""
    count = min(processes, asked.rooms)
    shares = []
    for number in range(count):
        rooms = asked.rooms // count + (number < asked.rooms % count)
        part = rooms / asked.rooms
        shares.append(
            Share(
                number=number,
                url=url,
                work=asked.work,
                game=asked.game,
                rooms=rooms,
                players=asked.players,
                spectators=asked.spectators,
                rate=None if asked.rate is None else asked.rate * part,
                window=asked.window,
                ramp_s=asked.ramp_s,
                cut_every_s=asked.cut_every_s,
                reads_per_s=asked.reads_per_s * part,
                protocol=asked.protocol,
                seed=asked.seed * 1_000_003 + number,
                is_own_server=asked.url is None,
            )
        )
    return shares
