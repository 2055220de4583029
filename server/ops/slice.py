"""What the wing `ops` gives to the server: its health, and the operator's page."""

from __future__ import annotations

from server.kernel import Kernel
from server.ops.door import OperatorDoor
from server.ops.jobs.embedded_guard import embedded_guard_job
from server.ops.routes import health, operator
from server.ops.service.services import Services
from server.ops.service.vitals import Vitals
from server.rooms.directory import Directory
from server.slice import Slice


def build(kernel: Kernel, directory: Directory) -> Slice[Services]:
    """The wing, which looks after the rooms of this directory."""
    services = Services(kernel, directory, Vitals(kernel.metrics, kernel.clock))
    guards = [] if kernel.embedded is None else [embedded_guard_job(kernel.embedded, kernel.log)]
    return Slice("ops", services, routers=[operator.router, health.router], doors=[OperatorDoor], jobs=guards)
