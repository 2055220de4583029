"""What all kinds of sockets have in common."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from server.play.sockets.lobby import LobbySession
from server.play.sockets.replay import ReplaySession
from server.play.sockets.room import RoomSession
from server.sessions.connection import Connection, canonical_id
from server.wire.from_client import FromClient
from server.wire.from_viewer import FromViewer


@pytest.mark.parametrize(
    ("kind", "frames"), [(RoomSession, FromClient), (LobbySession, FromClient), (ReplaySession, FromViewer)]
)
def test_every_frame_that_can_be_decoded_has_a_handler(kind: type[Connection], frames: Any) -> None:
    assert set(kind.handlers) == set(get_args(frames))


def test_a_game_id_has_one_spelling() -> None:
    one = "01890000-0000-7000-8000-00000000000a"
    for spelling in (one, one.upper(), one.replace("-", ""), f"urn:uuid:{one}"):
        assert canonical_id(spelling) == one
    for text in ("", "x", "%00", one[:-1] + "g"):
        assert canonical_id(text) is None
