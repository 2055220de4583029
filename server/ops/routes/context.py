"""What the routes of `ops` share."""

from __future__ import annotations

from typing import Annotated

from server.api.context import services_of
from server.ops.service.services import Services

With = Annotated[Services, services_of(Services)]
