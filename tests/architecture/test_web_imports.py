"""Which part of the browser client may import which: machinery, games and wings in layers, as on the server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.preload import PRELOAD, written
from tests.support.web_modules import WEB, Module, closure, modules

MACHINERY = frozenset({"net", "kit", "i18n"})
SHARED_BY_GAMES = frozenset({"games/table", "games/replay", "games"})
"""What knows no game: the contract and list of clients, and what all tables and all replays have in common."""
WINGS = frozenset(path.parent.name for path in WEB.parent.glob("*/slice.py"))
LIST_OF_CLIENTS = "/games/clients.js"

MODULES = modules()


def part(address: str) -> str:
    """The wing, the game or the piece of machinery that a module belongs to; of a module at the top, its name."""
    folders = address.split("/")[1:-1]
    if not folders:
        return address
    return "/".join(folders[:2]) if folders[0] == "games" else folders[0]


def allowed(importer: str, imported: str) -> bool:
    """Whether a module may import another one. Both are addresses."""
    a, b = part(importer), part(imported)
    if a == b:
        return True
    if a in MACHINERY:
        return b in MACHINERY
    if a == "lib":
        return b == "net"
    if importer == LIST_OF_CLIENTS:
        return b.startswith("games/") or b in MACHINERY
    if a.startswith("games"):
        return b in MACHINERY or (b in SHARED_BY_GAMES and imported != LIST_OF_CLIENTS)
    if a in WINGS:
        # A wing knows games by the list of clients and by what all of them have in common.
        return b in MACHINERY or b in SHARED_BY_GAMES
    return b in MACHINERY or b in WINGS or imported == "/router.js"


def faults(module: Module) -> list[str]:
    imported = sorted({*module.static, *module.dynamic})
    return [f"{module.address} imports {name}" for name in imported if not allowed(module.address, name)]


def test_parts_import_only_what_is_below_them() -> None:
    assert [fault for module in MODULES.values() for fault in faults(module)] == []


def test_every_import_leads_to_a_file() -> None:
    lost = [
        f"{module.address} imports {name}"
        for module in MODULES.values()
        for name in (*module.static, *module.dynamic)
        if name not in MODULES
    ]
    assert lost == []


def test_no_module_is_left_over() -> None:
    """All are reached from the pages, from the library's addresses or from the operator's page."""
    reached: set[str] = set()
    new = {"/main.js", "/lib/parlor.js", "/ops/main.js"}
    while new:
        reached |= new
        new = {name for each in new for name in (*MODULES[each].static, *MODULES[each].dynamic)} - reached
    alone = {"/theme.js", "/preload.js"}  # loaded by index.html itself
    types_only = {address for address in MODULES if (WEB / address[1:]).read_text().rstrip().endswith("export {};")}
    assert set(MODULES) - reached - alone - types_only == set()


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("/kit/dom.js", "/play/pages.js"),
        ("/net/api.js", "/games/table/fold.js"),
        ("/i18n/strings.js", "/games/clients.js"),
        ("/games/plain/table.js", "/games/eldorado/cards.js"),
        ("/games/plain/table.js", "/play/room.js"),
        ("/games/table/people.js", "/games/eldorado/cards.js"),
        ("/games/eldorado/table.js", "/games/clients.js"),
        ("/play/room.js", "/games/eldorado/fold.js"),
        ("/play/room.js", "/ops/main.js"),
        ("/lib/line.js", "/kit/dom.js"),
        ("/main.js", "/games/eldorado/client.js"),
    ],
)
def test_other_imports_are_faults(importer: str, imported: str) -> None:
    module = Module(importer, static=(imported,), dynamic=(), texts=(), sheets=())
    assert faults(module) == [f"{importer} imports {imported}"]


def test_imports_are_found_in_the_text(tmp_path: Path) -> None:
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "a.js").write_text(
        "/** import './comment.js' is none */\n"
        "import { b } from './b.js';\nimport {\n  c,\n} from '../c.js';\nexport { d } from './d.js';\n"
        "/** @typedef {import('./types.js').T} T */\nconst e = () => import('../e.js');\n"
    )
    module = modules(tmp_path)["/kit/a.js"]
    assert (module.static, module.dynamic) == (("/kit/b.js", "/c.js", "/kit/d.js"), ("/e.js",))


def test_games_are_named_in_their_folders_and_in_one_list() -> None:
    games = re.findall(r"import\('\./([\w-]+)/client\.js'\)", (WEB / LIST_OF_CLIENTS[1:]).read_text())
    named = {name for name in games if name != "plain"}
    assert named
    for path in (path for end in ("js", "css", "html") for path in WEB.rglob(f"*.{end}")):
        address = f"/{path.relative_to(WEB).as_posix()}"
        if address in (LIST_OF_CLIENTS, "/preload.js") or any(f"/games/{name}/" in address for name in named):
            continue
        text = path.read_text().lower().replace(" ", "")
        assert not [name for name in named if name in text], address


def test_preload_is_as_the_imports_say() -> None:
    assert PRELOAD.read_text() == written(), "run `make generate`"


def test_the_page_asks_at_once_for_the_modules_of_every_page() -> None:
    asked = re.findall(r'<link rel="modulepreload" href="([^"]+)">', (WEB / "index.html").read_text())
    assert sorted(asked) == sorted(set(closure(MODULES, "/main.js")) - {"/main.js"})
