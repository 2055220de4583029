"""What the wing `ops` gives to the server: its health, and the operator's page."""

from __future__ import annotations

from server.ops.door import OperatorDoor
from server.ops.routes import health, operator

ROUTERS = (operator.router, health.router)
DOORS = (OperatorDoor,)
