"""The files of the browser client: in one piece, packed, told apart by their tag, and nothing besides them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from server.api.web_files import WEB, Pages

LONG = "x" * 2_000


@pytest.fixture
def web(tmp_path: Path) -> Path:
    root = tmp_path / "web"
    (root / "styles").mkdir(parents=True)
    (root / "index.html").write_text("start")
    (root / "main.js").write_text(LONG)
    (root / "styles" / "all.css").write_text('/* all */\n@import "first.css";\n@import "second.css";\n')
    (root / "styles" / "first.css").write_text("a {}\n")
    (root / "styles" / "second.css").write_text("b {}\n")
    (tmp_path / "secret.js").write_text("not yours")
    return root


@pytest.fixture
async def http(web: Path) -> Any:
    pages = Pages(PlainTextResponse("a route", 404), web)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url="http://parlor") as client:
        yield client


async def test_a_file_in_both_forms(http: httpx.AsyncClient) -> None:
    packed = await http.get("/main.js", headers={"Accept-Encoding": "br, gzip"})
    plain = await http.get("/main.js", headers={"Accept-Encoding": "identity"})
    assert packed.text == plain.text == LONG
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 100 < int(plain.headers["content-length"])
    assert "content-encoding" not in plain.headers
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.headers["vary"] == "accept-encoding"


async def test_what_the_browser_has_is_not_sent_again_until_it_changes(http: httpx.AsyncClient, web: Path) -> None:
    first = await http.get("/main.js")
    known = {"If-None-Match": f'"other", {first.headers["etag"]}'}
    again = await http.get("/main.js", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    (web / "main.js").write_text("new")
    changed = await http.get("/main.js", headers=known)
    assert (changed.status_code, changed.text) == (200, "new")


async def test_a_head_has_no_body(http: httpx.AsyncClient) -> None:
    answer = await http.head("/main.js")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


async def test_a_style_sheet_comes_with_those_that_it_imports(http: httpx.AsyncClient, web: Path) -> None:
    assert (await http.get("/styles/all.css")).text == "/* all */\na {}\nb {}\n"
    (web / "styles" / "second.css").write_text("changed {}\n")
    assert "changed" in (await http.get("/styles/all.css")).text


@pytest.mark.parametrize("path", ["/", "/games/01890000-0000-7000-8000-000000000000"])
async def test_the_start_page_also_stands_at_the_address_of_a_game(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.text) == (200, "start")


@pytest.mark.parametrize(
    "path", ["/../secret.js", "/styles/../../secret.js", "/%2e%2e/secret.js", "/missing.js", "/styles/", "/main.js/x"]
)
async def test_what_is_no_file_goes_on(http: httpx.AsyncClient, path: str) -> None:
    url = httpx.URL("http://parlor").copy_with(raw_path=path.encode())
    assert (await http.get(url)).text == "a route"


async def test_a_file_that_is_gone_goes_on(http: httpx.AsyncClient, web: Path) -> None:
    assert (await http.get("/main.js")).status_code == 200
    (web / "main.js").unlink()
    assert (await http.get("/main.js")).text == "a route"


async def test_nothing_is_written(http: httpx.AsyncClient) -> None:
    assert (await http.post("/main.js")).text == "a route"


def test_every_imported_style_sheet_exists() -> None:
    for sheet in (WEB / "styles").glob("*.css"):
        for line in sheet.read_text().splitlines():
            if line.startswith("@import"):
                assert (sheet.parent / line.split('"')[1]).is_file(), f"{sheet.name}: {line}"
