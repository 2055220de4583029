"""Health, for those who run the server."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from persistence.event_log.log import Health
from server.api.context import WithKernel
from server.ops.routes.context import With

router = APIRouter(tags=["health"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The event loop answers. Never touches the database."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(kernel: WithKernel) -> Response:
    """503 before the database was found, and while draining.

    A later outage of the database is 200 with "degraded": sockets live on, and so must their routing.
    """
    if not kernel.is_serving:
        return _json({"status": kernel.status}, 503)
    degraded = kernel.log.health is Health.PAUSED
    return _json({"status": "degraded" if degraded else "ok"}, 200)


@router.get("/statusz")
async def statusz(kernel: WithKernel, services: With) -> dict[str, Any]:
    """The server's state in one look."""
    return {
        "status": kernel.status,
        "database": kernel.log.health.value,
        "rooms": len(services.directory),
        "pending_events": kernel.log.pending_events,
        "games": [{"name": game.name, "version": game.version} for game in kernel.registry],
        "server_time": kernel.clock.now_ms(),
    }


@router.get("/metrics")
async def metrics(kernel: WithKernel) -> Response:
    """Prometheus."""
    return Response(generate_latest(kernel.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _json(body: dict[str, str], status: int) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
