"""Cutting a connection and resuming it."""

from __future__ import annotations

import asyncio
from time import perf_counter

from loadtest.api import Seat
from loadtest.connection import Connection, ConnectionFailed, FrameHandler, connect
from loadtest.wire import Codec

_TRIES = 20
_AGAIN_S = 0.25


async def reconnect(
    old: Connection, handler: FrameHandler, seat: Seat, codec: Codec, role: str | None, after_s: float
) -> tuple[float, list[str]]:
    """Cut the connection, wait `after_s`, then connect again and resume.

    Returns the seconds from the first attempt to the welcome, and the reasons of failed attempts. After `_TRIES` it
    raises the error of the last one.
    """
    refused: list[str] = []
    old.abort()
    await old.ended
    await asyncio.sleep(after_s)
    began_s = perf_counter()
    for left in reversed(range(_TRIES)):
        try:
            await connect(
                seat.ws_url,
                seat.guest.token,
                handler,
                journal=old.journal,
                epoch=old.welcome["epoch"],
                role=role,
                codec=codec,
            )
        except (ConnectionFailed, OSError, TimeoutError) as error:
            refused.append(str(error))
            if not left:
                raise
            await asyncio.sleep(_AGAIN_S)
        else:
            break
    return perf_counter() - began_s, refused
