"""The one port: uvicorn serves HTTP on it and hands every WebSocket upgrade to our own protocol class."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from server.errors import StartupError

_BACKLOG = 1024
_GRACE_S = 5


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started. Raises StartupError if that can't be."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartupError(f"can't listen on {host} port {port}: {reason}") from None
    listener.setblocking(False)
    return listener


class _Server(uvicorn.Server):
    """Leaves the signals to the command line: stopping is more than closing the port."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    def __init__(self, app: FastAPI, make_socket: Callable[..., Any], listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            http="httptools",
            ws=make_socket,  # type: ignore[arg-type]  # a factory serves as well as a class
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        self._server = _Server(config)
        self._listener = listener

    async def serve(self) -> None:
        """Until `stop`."""
        await self._server.serve(sockets=[self._listener])

    def stop(self) -> None:
        self._server.should_exit = True
