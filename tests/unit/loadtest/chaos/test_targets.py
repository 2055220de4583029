"""Only servers and databases on this machine may be tested."""

from __future__ import annotations

import pytest

from loadtest.chaos.plan import InvalidOption
from loadtest.chaos.targets import require_loopback


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:8000", "http://127.1.2.3"]
)
def test_local_servers_are_accepted(url: str) -> None:
    require_loopback(url, None)


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "http://10.0.0.1", "https://127.0.0.1", "http://127.0.0.1.example.org", "127.0.0.1", ""],
)
def test_remote_servers_are_rejected(url: str) -> None:
    with pytest.raises(InvalidOption, match="--url"):
        require_loopback(url, None)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:secret@127.0.0.1:5432/test",
        "postgres://me@localhost/test",
        "postgresql://me@/test?host=/var/run/postgresql",
        "postgresql://me@%2Fvar%2Frun/test",
        "postgresql://[::1]/test",
    ],
)
def test_local_databases_are_accepted(dsn: str) -> None:
    require_loopback(None, dsn)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me@db.example.org/test",
        "postgresql://me@127.0.0.1/test?host=db.example.org",
        "postgresql://me@127.0.0.1/test?hostaddr=10.0.0.1",
        "postgresql://me@127.0.0.1,10.0.0.1/test",
        "postgresql:///test?service=production",
        "mysql://127.0.0.1/test",
        "/test",
    ],
)
def test_remote_databases_are_rejected(dsn: str) -> None:
    with pytest.raises(InvalidOption, match="--database-url"):
        require_loopback(None, dsn)


def test_a_server_and_a_database_may_not_both_be_given() -> None:
    with pytest.raises(InvalidOption, match="leave"):
        require_loopback("http://127.0.0.1:8000", "postgresql://127.0.0.1/test")
