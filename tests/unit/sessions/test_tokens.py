"""Bearer tokens: issued, checked, expired, altered."""

from __future__ import annotations

import jwt
import pytest

from server import limits
from server.sessions.caller import Caller, Role
from server.sessions.tokens import InvalidToken, Tokens
from server.testing.clock import VirtualClock

KEY = b"k" * 32


def test_a_token_names_its_player_until_it_expires() -> None:
    clock = VirtualClock()
    tokens = Tokens(KEY, clock)
    token = tokens.issue("somebody")
    assert tokens.player(token) == "somebody"
    clock.advance(limits.TOKEN_S - 1)
    assert tokens.player(token) == "somebody"
    clock.advance(1)
    with pytest.raises(InvalidToken, match="expired"):
        tokens.player(token)


def test_tokens_of_another_key_or_algorithm_are_refused() -> None:
    clock = VirtualClock()
    tokens = Tokens(KEY, clock)
    now = clock.now_ms() // 1000
    claims = {"iss": "parlor", "sub": "somebody", "iat": now, "exp": now + 60}
    assert tokens.player(jwt.encode(claims, KEY, algorithm="HS256")) == "somebody"
    for forged in (
        jwt.encode(claims, b"x" * 32, algorithm="HS256"),
        jwt.encode(claims, KEY * 2, algorithm="HS512"),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode({**claims, "iss": "other"}, KEY, algorithm="HS256"),
        jwt.encode({**claims, "exp": True}, KEY, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "sub"}, KEY, algorithm="HS256"),
        "",
        "..",
        "\x00",
        "ü.ü.ü",
    ):
        with pytest.raises(InvalidToken):
            tokens.player(forged)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Tokens(b"short", VirtualClock())


def signed(clock: VirtualClock, **claims: object) -> str:
    now = clock.now_ms() // 1000
    given = {"iss": "parlor", "sub": "somebody", "iat": now, "exp": now + 60, **claims}
    return jwt.encode(given, KEY, algorithm="HS256")


def test_a_token_may_name_an_account_and_its_role() -> None:
    clock = VirtualClock()
    tokens = Tokens(KEY, clock)
    assert tokens.caller(tokens.issue("somebody")) == Caller("somebody", None, None)
    token = signed(clock, uid="ada", role="MODERATOR", sid="unknown claims are ignored")
    assert tokens.caller(token) == Caller("somebody", "ada", Role.MODERATOR)


@pytest.mark.parametrize(
    "claims", [{"role": "ADMIN"}, {"uid": "ada"}, {"uid": 7, "role": "ADMIN"}, {"uid": "ada", "role": "KING"}]
)
def test_half_an_account_is_none(claims: dict[str, object]) -> None:
    clock = VirtualClock()
    with pytest.raises(InvalidToken):
        Tokens(KEY, clock).caller(signed(clock, **claims))


def test_a_role_includes_those_below_it() -> None:
    included = [[role.includes(other) for other in Role] for role in Role]
    assert included == [[True, False, False], [True, True, False], [True, True, True]]
