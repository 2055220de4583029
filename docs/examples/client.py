"""A whole game of El Dorado against three bots, played by `turn` alone.

python docs/examples/client.py [http://127.0.0.1:8000]
"""

import json
import sys
from typing import Any
from urllib.request import Request, urlopen

from websockets.sync.client import connect

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"


def post(path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """One call of the HTTP side."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    with urlopen(Request(BASE + path, json.dumps(body).encode(), headers)) as answer:  # noqa: S310  # the address is the user's own
        decoded: dict[str, Any] = json.load(answer)
        return decoded


# The example of the README begins here.
me = post("/api/players", {"display_name": "Ada"})
settings = {"rounds": 3, "round_pause_ms": 0}
room = post("/api/rooms", {"bots": 3, "autostart": True, "config": settings}, me["token"])
with connect(room["ws_url"]) as socket:
    socket.send(json.dumps({"type": "hello", "token": me["token"]}))
    for frame in map(json.loads, socket):
        if frame["type"] == "turn":  # my move; `actions` are all the legal ones
            move = frame["actions"][0]
            socket.send(json.dumps({"type": "command", "id": f"turn {frame['index']}", **move}))
        elif frame["type"] == "event" and frame["name"] == "game_completed":
            print(frame["data"]["final_scores"])
            break
