"""The port itself."""

from __future__ import annotations

import socket

from server.gateway.http import listen


def test_small_answers_do_not_wait_for_an_acknowledgement() -> None:
    """An answer leaves in two writes; with Nagle's algorithm the second would wait 40 ms for an acknowledgement."""
    with listen("127.0.0.1", 0) as listener:
        listener.setblocking(True)
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
