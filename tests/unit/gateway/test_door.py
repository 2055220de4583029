"""The origin of an upgrade, edge by edge."""

from __future__ import annotations

from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request

from server.gateway.door import Door
from server.metrics import Metrics
from server.settings import Settings


def allowed(origin: str | None, host: str, *origins: str) -> bool:
    """Whether a page of this origin may connect to this host."""
    door = Door({}, Settings(database_url=None, origins=origins), Metrics())
    door.ready = True
    headers = Headers(Host=host)
    if origin is not None:
        headers["Origin"] = origin
    return door.refusal(Request("/ws/rooms/x", headers), "192.0.2.7") is None


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "play.example.org"),
        ("https://play.example.org", "play.example.org"),
        ("https://play.example.org", "play.example.org:443"),
        ("https://play.example.org", "PLAY.example.org"),
        ("http://play.example.org", "play.example.org:80"),
        ("http://localhost:8000", "localhost:8000"),
        ("https://localhost:8000", "localhost:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_pages_of_the_same_host_may_connect(origin: str | None, host: str) -> None:
    assert allowed(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "play.example.org"),
        ("https://play.example.org.evil.example", "play.example.org"),
        ("https://evil.example@play.example.org", "play.example.org"),
        ("https://play.example.org", "play.example.org:8443"),
        ("http://localhost:8001", "localhost:8000"),
        ("http://localhost", "localhost:8000"),
        ("null", "play.example.org"),
        ("null", "null"),
        ("", ""),
        ("https://", ""),
        ("*", "play.example.org"),
        ("https://play.example.org/", "play.example.org"),
        ("file://", ""),
        ("https://play.example.org", "play.example.org/"),
    ],
)
def test_pages_of_other_hosts_are_refused(origin: str, host: str) -> None:
    assert not allowed(origin, host)


def test_listed_origins_are_compared_whole() -> None:
    listed = "https://site.example"
    assert allowed("https://site.example", "play.example.org", listed)
    assert allowed("HTTPS://SITE.example:443", "play.example.org", listed)
    assert not allowed("http://site.example", "play.example.org", listed)
    assert not allowed("https://site.example:8443", "play.example.org", listed)
    assert not allowed("https://sub.site.example", "play.example.org", listed)


def test_a_path_leads_to_its_opener() -> None:
    def rooms(*_: object) -> Any: ...
    def lobby(*_: object) -> Any: ...

    door = Door({"/ws/rooms/": rooms, "/ws/lobby": lobby}, Settings(database_url=None), Metrics())
    assert door.leads_to("/ws/rooms/x") == (rooms, "x")
    assert door.leads_to("/ws/rooms/x/y") == (rooms, "x/y")
    assert door.leads_to("/ws/rooms/") == (rooms, "")
    assert door.leads_to("/ws/lobby") == (lobby, "")
    for path in ("/ws/rooms", "/ws/lobby/", "/ws/lobbyx", "/ws/", "/", "", "/x/ws/rooms/x", "/WS/rooms/x"):
        assert door.leads_to(path) is None, path
