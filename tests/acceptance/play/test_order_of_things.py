"""Nothing is told before it is committed: with the log held back, no event and no ack leaves the server."""

from __future__ import annotations

from persistence.event_log.writer import PostgresLog
from server.app import App
from tests.support.client import JSON, MSGPACK, Frame, Player


async def table_for_two(app: App) -> tuple[Player, Player]:
    """Two players connected to a relay room."""
    host, guest = await Player.create(app.url, "Host"), await Player.create(app.url, "Guest")
    room = await host.http.post("/api/rooms", {"game": "relay"})
    await guest.http.post(f"/api/rooms/{room['game_id']}/join")
    await host.connect(room["ws_url"], JSON)
    await guest.connect(room["ws_url"], MSGPACK)
    return host, guest


def told(frames: list[Frame]) -> list[str]:
    """The kinds of frames that may only follow a commit."""
    return [frame["type"] for frame in frames if frame["type"] in ("event", "ack", "turn")]


async def test_events_and_acks_wait_for_the_commit(app: App) -> None:
    host, guest = await table_for_two(app)
    log = app.play.log
    assert isinstance(log, PostgresLog)
    marks = len(host.frames), len(guest.frames)

    log.hold()
    sent = [await host.command("say", data=number) for number in range(3)]
    # The pong comes behind the commands on the same socket: once it is here, the server has handled them all.
    await host.send({"type": "ping", "nonce": "after the commands"})
    await host.wait_for(lambda frame: frame["type"] == "pong", since=marks[0])
    await guest.send({"type": "ping", "nonce": "after the commands"})
    await guest.wait_for(lambda frame: frame["type"] == "pong", since=marks[1])
    assert log.pending_events == 3
    assert told(host.frames[marks[0] :]) == []
    assert told(guest.frames[marks[1] :]) == []

    # Neither does a look at the state or at the log show anything of it.
    await guest.send({"type": "sync"})
    state = await guest.wait_for(lambda frame: frame["type"] == "state", since=marks[1])
    assert state["view"]["said"] == 0
    game = await guest.http.get(f"/api/games/{state['view']['game_id']}")
    assert game["head"] == state["index"]

    log.release()
    for command_id in sent:
        ack = await host.wait_for(lambda f, wanted=command_id: f["type"] == "ack" and f["id"] == wanted)
        assert ack["first"] == ack["last"] > state["index"]
    said = [await guest.wait_for(lambda f, n=n: f["type"] == "event" and f["data"].get("data") == n) for n in range(3)]
    assert [frame["index"] for frame in said] == [state["index"] + n for n in (1, 2, 3)]
    await host.close()
    await guest.close()


async def test_a_reject_does_not_wait_for_the_log(app: App) -> None:
    host, guest = await table_for_two(app)
    log = app.play.log
    assert isinstance(log, PostgresLog)
    log.hold()
    assert (await guest.ask("start_game"))["code"] == "not_host"
    assert (await host.ask("juggle"))["code"] == "invalid_command"
    log.release()
    await host.close()
    await guest.close()
