"""The browser client: its files from memory.

Plain ASGI throughout. (A BaseHTTPMiddleware takes a browser that leaves in the middle of a file for a bug.)
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.page_policy import OF_THE_API

WEB = Path(__file__).parent.parent / "web"

_TYPES = {".html": b"text/html", ".js": b"text/javascript", ".css": b"text/css", ".svg": b"image/svg+xml"}
_WORTH_PACKING = 500
"""Bytes; below them gzip saves no packet."""
_SHARED_GAME = re.compile(r"/games/[^/.]+")
"""The address of a game as people pass it on; the start page knows what to do with it. Files have a dot."""
_IMPORT = re.compile(rb'^@import "([\w./-]+\.css)";\n', re.MULTILINE)

_PLAIN = re.compile(r"/(?:[\w-]+/)*(?:[\w-]+(?:\.\w+)?)?", re.ASCII)
"""Addresses that may be files; none of them leads out of the folder."""

Stamp = tuple[str, int, int]
"""A file as it was when it was read: path, time (ns), size."""


@dataclass(frozen=True, slots=True)
class _File:
    """`made_of`: the file and those that it imports. `packed`: as gzip, None where that is not worth it."""

    made_of: tuple[Stamp, ...]
    kind: bytes
    plain: bytes
    packed: bytes | None
    etag: bytes

    def is_fresh(self) -> bool:
        """Whether it is still what is on disk."""
        try:
            return all(_stamp(part[0]) == part for part in self.made_of)
        except OSError:
            return False

    def answer(self, asked: dict[bytes, bytes], whole: bool) -> Iterator[Message]:
        """What goes to the peer. `whole`: with the body."""
        # The tag is a weak one: it stands for both forms.
        headers = [(b"etag", self.etag), (b"vary", b"accept-encoding")]
        if self.etag in asked.get(b"if-none-match", b""):
            yield {"type": "http.response.start", "status": 304, "headers": headers}
            yield {"type": "http.response.body"}
            return
        body = self.plain
        if self.packed is not None and b"gzip" in asked.get(b"accept-encoding", b""):
            body = self.packed
            headers.append((b"content-encoding", b"gzip"))
        headers += [(b"content-type", self.kind), (b"content-length", b"%d" % len(body))]
        yield {"type": "http.response.start", "status": 200, "headers": headers}
        yield {"type": "http.response.body", "body": body if whole else b""}


class Pages:
    """ASGI middleware: answers for every file below `root`; what is no file goes on to the routes.

    A file is read and packed when it is first asked for, and again when it has changed. Style sheets come in one piece
    with those that they import, which saves a browser the way back for each.
    """

    def __init__(self, app: ASGIApp, root: Path = WEB) -> None:
        self._app = app
        self._root = root
        self._files: dict[str, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        file = self._find(scope["path"]) if reads else None
        if file is None:
            await self._app(scope, receive, send)
            return
        for message in file.answer(dict(scope["headers"]), scope["method"] == "GET"):
            await send(message)

    def _find(self, path: str) -> _File | None:
        if _SHARED_GAME.fullmatch(path):
            path = "/"
        known = self._files.get(path)
        if known is not None and known.is_fresh():
            return known
        file = self._root / path[1:]
        if path.startswith(OF_THE_API) or not _PLAIN.fullmatch(path):
            return None
        if file.is_dir():
            file /= "index.html"
        if file.suffix not in _TYPES or not file.is_file():
            return None
        self._files[path] = found = _read(file)
        return found


def _read(file: Path) -> _File:
    plain, parts = file.read_bytes(), [file]
    if file.suffix == ".css":
        parts += [file.parent / name.decode() for name in _IMPORT.findall(plain)]
        plain = _IMPORT.sub(lambda match: (file.parent / match[1].decode()).read_bytes(), plain)
    packed = gzip.compress(plain, mtime=0) if len(plain) >= _WORTH_PACKING else None
    etag = b'W/"%s"' % hashlib.sha256(plain).hexdigest()[:20].encode()
    return _File(tuple(map(_stamp, map(str, parts))), _TYPES[file.suffix] + b"; charset=utf-8", plain, packed, etag)


def _stamp(part: str) -> Stamp:
    told = os.stat(part)
    return part, told.st_mtime_ns, told.st_size
