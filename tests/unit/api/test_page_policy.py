"""Which headers the pages below a prefix get."""

from __future__ import annotations

import httpx
import pytest
from starlette.responses import PlainTextResponse

from server.api.page_policy import STRICT, PagePolicy

FRAMED = "default-src 'none'; frame-ancestors 'self'"
OPEN = "default-src *"


async def asked(path: str, answer: PlainTextResponse | None = None) -> httpx.Headers:
    policies = {"/play": {"Content-Security-Policy": FRAMED}, "/play/wide": {"Content-Security-Policy": OPEN}}
    app = PagePolicy(answer or PlainTextResponse("a page"), policies)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parlor") as client:
        return (await client.get(path)).headers


@pytest.mark.parametrize("path", ["/", "/index.html", "/player", "/playing/x", "/games/play"])
async def test_everything_else_is_strict(path: str) -> None:
    headers = await asked(path)
    assert {name: headers[name] for name in STRICT} == STRICT


@pytest.mark.parametrize(("path", "policy"), [("/play", FRAMED), ("/play/x/y.html", FRAMED), ("/play/wide/z", OPEN)])
async def test_a_wing_has_a_policy_for_its_prefix(path: str, policy: str) -> None:
    headers = await asked(path)
    assert headers["Content-Security-Policy"] == policy
    assert headers["X-Content-Type-Options"] == "nosniff", "what the wing does not name stays strict"


async def test_an_answer_may_have_its_own() -> None:
    headers = await asked("/x", PlainTextResponse("x", headers={"Cache-Control": "no-store"}))
    assert headers["Cache-Control"] == "no-store"


async def test_the_api_has_no_pages() -> None:
    assert "Content-Security-Policy" not in await asked("/api/rooms")
