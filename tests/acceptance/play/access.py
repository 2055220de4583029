"""Who may ask what of the wing `play` over HTTP. See tests/support/access.py."""

from __future__ import annotations

from typing import Any

ROUTES = """
                                                             nob gue wat wai mov hos kic els exp for uns unk
POST /api/players                        *                   201 201 201 201 201 201 201 201 201 201 201 201
GET /api/players/me                      *                   401 200 200 200 200 200 200 200 401 401 401 401
PATCH /api/players/me                    *                   401 200 200 200 200 200 200 200 401 401 401 401
GET /api/players/{host}                  *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /api/players/{host}/stats            *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /api/players/{host}/games            *                   200 200 200 200 200 200 200 200 401 401 401 200
GET /api/players/{host}/ratings          *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /api/players/{host}/scores?game=x    *                   200 200 200 200 200 200 200 200 401 401 401 200
GET /api/leaderboards/wins               *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /api/leaderboards/rating?game=relay  *                   200 200 200 200 200 200 200 200 200 200 200 200
POST /api/rooms                          *                   401 201 201 201 201 201 201 201 401 401 401 401
GET /api/rooms                           *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /api/rooms/{room}                    public              401 200 200 200 200 200 200 200 401 401 401 200
GET /api/rooms/{room}                    private             401 404 200 200 200 200 404 404 401 401 401 404
GET /api/rooms/{room}/chat               public              401 200 200 200 200 200 403 200 401 401 401 200
GET /api/rooms/{room}/chat               private             401 404 200 200 200 200 404 404 401 401 401 404
POST /api/matchmake                      *                   401 200 200 200 200 200 200 200 401 401 401 401
GET /api/matchmake?game=relay            *                   401 200 200 200 200 200 200 200 401 401 401 404
DELETE /api/matchmake?game=eldorado      *                   401 404 404 404 404 404 404 404 401 401 401 404
POST /api/rooms/{room}/join              public/lobby        401 200 200 200 200 200 403 200 401 401 401 401
POST /api/rooms/{room}/join              public              401 409 409 200 200 200 403 409 401 401 401 401
POST /api/rooms/{room}/join              private/lobby       401 403 200 200 200 200 403 403 401 401 401 403
POST /api/rooms/{room}/join              private             401 403 409 200 200 200 403 403 401 401 401 403
POST /api/rooms/{room}/join?spectator    public              401 200 200 200 200 200 403 200 401 401 401 401
POST /api/rooms/{room}/join?spectator    private             401 403 200 200 200 200 403 403 401 401 401 403
POST /api/join                           completed           401 404 404 404 404 404 404 404 401 401 401 404
POST /api/join                           lobby               401 200 200 200 200 200 403 200 401 401 401 401
POST /api/join                           running             401 409 409 200 200 200 403 409 401 401 401 401
POST /api/join?spectator                 completed           401 404 404 404 404 404 404 404 401 401 401 404
POST /api/join?spectator                 *                   401 200 200 200 200 200 403 200 401 401 401 401
GET /api/games                           *                   200 200 200 200 200 200 200 200 200 200 200 200
GET /api/games/{room}                    public              200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}                    completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}                    private             404 404 200 200 200 200 404 404 401 401 401 404
GET /api/games/{room}/events             public              200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/events             completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/events             private             404 404 200 200 200 200 404 404 401 401 401 404
GET /api/games/{room}/events?as={host}   completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/events?as={host}   public              403 403 403 403 403 200 403 403 401 401 401 403
GET /api/games/{room}/events?as={host}   private             404 404 403 403 403 200 404 404 401 401 401 404
GET /api/games/{room}/events?as={me}     completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/events?as={me}     public              403 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/events?as={me}     private             404 404 200 200 200 200 404 404 401 401 401 404
GET /api/games/{room}/state              public              200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/state              completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/state              private             404 404 200 200 200 200 404 404 401 401 401 404
GET /api/games/{room}/state?as={host}    completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/state?as={host}    public              403 403 403 403 403 200 403 403 401 401 401 403
GET /api/games/{room}/state?as={host}    private             404 404 403 403 403 200 404 404 401 401 401 404
GET /api/games/{room}/state?as={me}      completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/state?as={me}      public              403 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/state?as={me}      private             404 404 200 200 200 200 404 404 401 401 401 404
POST /api/games/{room}/fork              completed           401 201 201 201 201 201 201 201 401 401 401 401
POST /api/games/{room}/fork              public              401 409 409 409 409 409 409 409 401 401 401 409
POST /api/games/{room}/fork              private             401 404 409 409 409 409 404 404 401 401 401 404
GET /api/games/{room}/fairness           public              200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/fairness           completed           200 200 200 200 200 200 200 200 401 401 401 200
GET /api/games/{room}/fairness           private             404 404 200 200 200 200 404 404 401 401 401 404
"""
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/players": {},
    "PATCH /api/players/me": {"color": "#010203"},
    "POST /api/rooms": {"game": "relay"},
    "POST /api/matchmake": {"game": "relay"},
    "POST /api/rooms/{room}/join": {},
    "POST /api/rooms/{room}/join?spectator": {"role": "spectator"},
    "POST /api/games/{room}/fork": {"at": 30},
    "POST /api/join": {"join_code": "{code}"},
    "POST /api/join?spectator": {"join_code": "{code}", "role": "spectator"},
}
