"""Who may ask what of the wing `ops` over HTTP, on a server without an operator. See tests/support/access.py."""

from __future__ import annotations

ROUTES = """
                                                             nob gue wat wai mov hos kic els exp for uns unk
GET /livez                               *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /readyz                              *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /statusz                             *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /metrics                             *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /api/ops/overview                    *                   404 404 404 404 404 404 404 404 404 404 404 404
GET /api/ops/rooms                       *                   404 404 404 404 404 404 404 404 404 404 404 404
GET /api/ops/rooms/{room}                *                   404 404 404 404 404 404 404 404 404 404 404 404
POST /api/ops/rooms/{room}/pause         *                   404 404 404 404 404 404 404 404 404 404 404 404
POST /api/ops/rooms/{room}/resume        *                   404 404 404 404 404 404 404 404 404 404 404 404
POST /api/ops/rooms/{room}/close         *                   404 404 404 404 404 404 404 404 404 404 404 404
POST /api/ops/rooms/{room}/kick          *                   404 404 404 404 404 404 404 404 404 404 404 404
POST /api/ops/rooms/{room}/message       *                   404 404 404 404 404 404 404 404 404 404 404 404
GET /api/ops/actions                     *                   404 404 404 404 404 404 404 404 404 404 404 404
"""
