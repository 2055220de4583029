"""Everything that the routes of `ops` work with."""

from __future__ import annotations

from dataclasses import dataclass

from server.kernel import Kernel
from server.ops.service.vitals import Vitals
from server.rooms.directory import Directory


@dataclass(frozen=True, slots=True)
class Services:
    """Built by the wing's slice."""

    kernel: Kernel
    directory: Directory
    vitals: Vitals
