"""Who is asking: the bearer token of an HTTP request."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from server.api.context import WithKernel
from server.errors import Refused
from server.games.rules import PlayerId
from server.sessions.tokens import InvalidToken


def _maybe(request: Request, kernel: WithKernel) -> PlayerId | None:
    given = request.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(401, "unauthorized", "use Authorization: Bearer")
    try:
        return kernel.tokens.player(token.strip())
    except InvalidToken as error:
        raise Refused(401, "unauthorized", str(error)) from None


MaybeCaller = Annotated[PlayerId | None, Depends(_maybe)]
"""The caller's player id; None without a token. A bad token is refused all the same."""


def _caller(caller: MaybeCaller) -> PlayerId:
    if caller is None:
        raise Refused(401, "unauthorized", "a bearer token is needed")
    return caller


Caller = Annotated[PlayerId, Depends(_caller)]


def known_id(text: str, code: str, what: str) -> str:
    """A UUID in canonical form; anything else is as unknown as an id that was never given."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused(404, code, f"no such {what}") from None
