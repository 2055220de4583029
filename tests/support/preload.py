"""Writes `server/web/preload.js` anew, from the imports of the browser client:

.venv/bin/python -m tests.support.preload
"""

from __future__ import annotations

import json
import re
from collections import defaultdict

from tests.support.web_modules import WEB, closure, modules

PRELOAD = WEB / "preload.js"

_TEMPLATE = """\
/* GENERATED from the imports by `make generate`; do not edit.
 * What the first page asks for, asked for at once instead of module by module. Only a hint: a file that is missing here
 * comes a little later. Not a module itself, for the same reason. */
{
  const pages = %s;
  const page = location.pathname === '/' && /^(?:#\\/?(rooms|join)\\/.+|#?\\/?)$/.exec(location.hash);
  const known = [localStorage.getItem('parlor.language') ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const language = known.find((tag) => tag === 'en' || tag === 'de') ?? 'en';
  const ask = (/** @type {string} */ href, /** @type {Record<string, string>} */ attributes) =>
    document.head.append(Object.assign(document.createElement('link'), { href, ...attributes }));
  if (page) {
    const { sheets, folders } = pages[page[1] ? 'room' : 'home'];
    for (const sheet of sheets) ask(sheet, { rel: 'preload', as: 'style' });
    for (const [folder, names] of Object.entries(folders))
      for (const name of names.split(' '))
        ask(`${folder}/${name}.js`.replace('/strings/en', `/strings/${language}`), { rel: 'modulepreload' });
  }
}
"""


def entries() -> dict[str, list[str]]:
    """By page: what it loads before people can begin."""
    featured = re.search(r"FEATURED = '([\w-]+)'", (WEB / "games" / "clients.js").read_text())
    assert featured is not None
    return {
        "home": ["/play/pages/home.js", f"/games/{featured[1]}/welcome.js"],
        "room": ["/play/pages/room.js", "/play/parts/room-page.js", f"/games/{featured[1]}/client.js"],
    }


def written() -> str:
    """The text of preload.js as it has to be."""
    known = modules()
    at_once = set(closure(known, "/main.js"))
    pages = {}
    for page, first in entries().items():
        found = closure(known, *first)
        folders: dict[str, list[str]] = defaultdict(list)
        for address in found:
            folder, _, name = address.removesuffix(".js").rpartition("/")
            if address not in at_once and name not in folders[folder]:
                folders[folder].append(name)
        pages[page] = {
            "sheets": [sheet for address in found if address in known for sheet in known[address].sheets],
            "folders": {folder: " ".join(names) for folder, names in folders.items() if names},
        }
    lines = json.dumps(pages, indent=2).replace('"', "'").splitlines()
    text = "\n  ".join(re.sub(r"^(\s*)'(\w+)':", r"\1\2:", line) for line in lines)
    return _TEMPLATE % text


if __name__ == "__main__":
    PRELOAD.write_text(written())
    print(f"{PRELOAD} is written")
