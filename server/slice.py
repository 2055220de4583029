"""What a wing gives to the server.

To add a wing `W`: write `server/W/slice.py` with `build(kernel) -> Slice`, name it in the list of `app.py` (an import
and an entry) and in the layers of `.importlinter`. Nothing else that exists changes: routes, sockets, jobs, policies of
pages and demo data are found through the slice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import APIRouter

from server.gateway.door import Opener
from server.workers.job import Job

Services = TypeVar("Services")


async def nothing() -> None:
    """There is nothing to open or to close."""


async def nothing_to_drain(_: float) -> None:
    """Likewise."""


@dataclass(frozen=True, slots=True)
class Slice(Generic[Services]):
    """`services`: one object of a class of the wing's own; its routes get it (`api.context.services_of`).

    `sockets`: see `gateway.door`. `doors`: ASGI middleware that guards some paths, called with `app` and `kernel`.
    `page_headers`: path prefix -> headers of all answers below it, in place of the strict ones (`api.page_policy`).
    `jobs` begin once the server is ready. `open`: run before that, with a database that is there; if it raises
    Unavailable, it is run again. `drain`: end what is under way in so many seconds, when the server is told to stop.
    `close`: when nobody is connected any more. `demo`: make data for somebody who looks at the server; safe to repeat.
    """

    name: str
    services: Services
    routers: Sequence[APIRouter] = ()
    sockets: Mapping[str, Opener] = field(default_factory=dict)
    doors: Sequence[Any] = ()
    page_headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    open: Callable[[], Awaitable[None]] = nothing
    drain: Callable[[float], Awaitable[None]] = nothing_to_drain
    close: Callable[[], Awaitable[None]] = nothing
    demo: Callable[[], Awaitable[None]] = nothing
