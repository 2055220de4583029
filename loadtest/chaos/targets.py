"""Which servers and databases may be tested: only those on this machine. Pure."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from loadtest.chaos.plan import InvalidOption
from loadtest.loopback import is_loopback


def require_loopback(url: str | None, database_url: str | None) -> None:
    """Raises InvalidOption if a URL does not lead to this machine, or if both are given."""
    if url is not None and database_url is not None:
        raise InvalidOption("--url is a server that already has its database: leave out --database-url")
    if url is not None and not (url.startswith("http://") and is_loopback(urlsplit(url).hostname or "")):
        raise InvalidOption(f"--url: {url} is not http:// on this machine (127.0.0.1, localhost, [::1])")
    if database_url is not None and not _is_local_database(database_url):
        raise InvalidOption("--database-url: only a postgresql:// database on this machine may be tested")


def _is_local_database(dsn: str) -> bool:
    """Checks every host that a DSN names: before the path, and in the query, which overrides it."""
    parts = urlsplit(dsn)
    if parts.scheme not in ("postgres", "postgresql"):
        return False
    query = parse_qs(parts.query)
    if "service" in query or "," in parts.netloc:
        return False
    named = [unquote(parts.hostname or ""), *query.get("host", []), *query.get("hostaddr", [])]
    return all(is_loopback(host) or host.startswith("/") or not host for host in named)
