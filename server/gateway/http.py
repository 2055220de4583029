"""The one port: uvicorn serves HTTP on it and hands every WebSocket upgrade to `Socket`."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from server import limits
from server.errors import StartupError
from server.gateway.door import Door
from server.gateway.http_protocol import HttpProtocol
from server.gateway.socket import Socket

if sys.platform != "win32":
    import resource

_BACKLOG = 1024
_GRACE_S = 5


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started. Raises StartupError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _tune(listener)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartupError(f"can't listen on {host} port {port}: {reason}") from None
    listener.setblocking(False)
    _allow_many_files()
    return listener


def _allow_many_files() -> None:
    """Every connection is an open file. The usual limit of 1,024 is meant for programs that use select()."""
    if sys.platform != "win32":
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):  # macOS says "unlimited" and means less
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _tune(listener: socket.socket) -> None:
    """Set the options that every accepted connection inherits."""
    # asyncio's loop sets it only if the socket names its protocol, and a socket from accept() need not do that.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SEND_BUFFER_BYTES)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        timeout_ms = int(limits.UNACKNOWLEDGED_S * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, timeout_ms)


class _Server(uvicorn.Server):
    """Leaves signals to the command line: stopping is more than closing the port."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    def __init__(self, app: FastAPI, door: Door, listener: socket.socket) -> None:
        def make_http(**given: Any) -> HttpProtocol:
            return HttpProtocol(door, **given)

        def make_socket(*, server_state: Any, **_: Any) -> Socket:
            return Socket(door, server_state.connections)

        config = uvicorn.Config(
            app,
            http=make_http,  # type: ignore[arg-type]  # a factory serves as well as a class
            ws=make_socket,  # type: ignore[arg-type]  # likewise
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # which proxies to trust is a setting of this server
            timeout_graceful_shutdown=_GRACE_S,
        )
        self._server = _Server(config)
        self._listener = listener

    async def serve(self) -> None:
        """Answer until `stop`."""
        await self._server.serve(sockets=[self._listener])

    def stop(self) -> None:
        self._server.should_exit = True
