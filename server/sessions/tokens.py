"""Bearer tokens: a player's id, signed by this server (HS256). A token holds no seat.

The claims `uid` and `role` name the account and its role. A guest's token, the only kind that `issue` makes, has none.
"""

from __future__ import annotations

from typing import Any

import jwt

from server import limits
from server.clock import Clock
from server.games.rules import PlayerId
from server.sessions.caller import Caller, Role

_ALGORITHM = "HS256"
_ISSUER = "parlor"


class InvalidToken(ValueError):
    """The token was not issued here, was altered, or has expired."""


class Tokens:
    """Issues and checks tokens. `key`: at least 32 bytes."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        if len(key) < 32:
            raise ValueError("the token key has at least 32 bytes")
        self._key = key
        self._clock = clock

    def issue(self, player_id: PlayerId) -> str:
        now_s = self._clock.now_ms() // 1000
        claims = {"iss": _ISSUER, "sub": player_id, "iat": now_s, "exp": now_s + limits.TOKEN_S}
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def player(self, token: str) -> PlayerId:
        """The player that this token was issued to. Raises `InvalidToken`."""
        return self.caller(token).player_id

    def caller(self, token: str) -> Caller:
        """The player, and the account that the token names, if any. Raises `InvalidToken`."""
        claims = self._claims(token)
        user_id, role = claims.get("uid"), claims.get("role")
        if user_id is None and role is None:
            return Caller(claims["sub"])
        if not isinstance(user_id, str) or role not in tuple(Role):
            raise InvalidToken("the token is not valid")
        return Caller(claims["sub"], user_id, Role(role))

    def renewed(self, token: str) -> str | None:
        """A fresh token in place of a valid one with less than half its time left, else None. Raises `InvalidToken`."""
        player_id, left_s = self.check(token)
        return self.issue(player_id) if left_s < limits.TOKEN_S / 2 else None

    def check(self, token: str) -> tuple[PlayerId, int]:
        """The player, and the seconds that are left. Raises `InvalidToken`."""
        claims = self._claims(token)
        return claims["sub"], claims["exp"] - self._clock.now_ms() // 1000

    def _claims(self, token: str) -> dict[str, Any]:
        """The claims of a valid token; `sub` is a string, `exp` an integer. Raises `InvalidToken`."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                # Times are checked below, on the server's clock, not on the library's.
                options={"require": ["exp", "iat", "sub", "iss"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise InvalidToken("the token is not valid") from error
        subject, expires = claims["sub"], claims["exp"]
        if not isinstance(subject, str) or not isinstance(expires, int):
            raise InvalidToken("the token is not valid")
        if expires <= self._clock.now_ms() // 1000:
            raise InvalidToken("the token has expired")
        return claims
