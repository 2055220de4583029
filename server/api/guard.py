"""Caller is asking: the bearer token of an HTTP request, and what its role may do."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from server.api.context import WithKernel
from server.errors import Refused
from server.sessions.caller import Caller, Role
from server.sessions.tokens import InvalidToken


def _maybe(request: Request, kernel: WithKernel) -> Caller | None:
    given = request.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(401, "unauthorized", "use Authorization: Bearer")
    try:
        return kernel.tokens.caller(token.strip())
    except InvalidToken as error:
        raise Refused(401, "unauthorized", str(error)) from None


MaybeWithCaller = Annotated[Caller | None, Depends(_maybe)]
"""The caller; None without a token. A bad token is refused all the same."""


def _caller(caller: MaybeWithCaller) -> Caller:
    if caller is None:
        raise Refused(401, "unauthorized", "a bearer token is needed")
    return caller


WithCaller = Annotated[Caller, Depends(_caller)]


def requires(role: Role) -> Any:
    """A dependency of a route or router: the caller, whose account has this role or a higher one.

    401 without a token, 403 `account_required` for a guest, 403 `forbidden` for a lower role.
    """

    def check(caller: WithCaller) -> Caller:
        if caller.role is None:
            raise Refused(403, "account_required", "this needs an account")
        if not caller.role.includes(role):
            raise Refused(403, "forbidden", f"this needs the role {role}")
        return caller

    return Depends(check)


def known_id(text: str, code: str, what: str) -> str:
    """A UUID in canonical form; anything else is as unknown as an id that was never given."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused(404, code, f"no such {what}") from None
