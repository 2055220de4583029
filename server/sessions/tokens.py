"""Bearer tokens: who a player is, signed by this server (HS256). No seat and no right stands in one."""

from __future__ import annotations

import jwt

from server import limits
from server.clock import Clock
from server.games.rules import PlayerId

_ALGORITHM = "HS256"
_ISSUER = "parlor"


class InvalidToken(ValueError):
    """Not one of ours, altered, or expired."""


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
        return self.check(token)[0]

    def renewed(self, token: str) -> str | None:
        """A fresh token in place of a valid one of which less than half its time is left. Raises `InvalidToken`."""
        player_id, left_s = self.check(token)
        return self.issue(player_id) if left_s < limits.TOKEN_S / 2 else None

    def check(self, token: str) -> tuple[PlayerId, int]:
        """The player, and the seconds that are left. Raises `InvalidToken`."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                # Times are checked below: on our clock, not on the library's.
                options={"require": ["exp", "iat", "sub", "iss"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise InvalidToken("the token is not valid") from error
        subject, expires = claims["sub"], claims["exp"]
        if not isinstance(subject, str) or not isinstance(expires, int):
            raise InvalidToken("the token is not valid")
        left_s = expires - self._clock.now_ms() // 1000
        if left_s <= 0:
            raise InvalidToken("the token has expired")
        return subject, left_s
