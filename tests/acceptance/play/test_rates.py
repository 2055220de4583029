"""The limits of a real server: what is too fast is refused, what is far too fast is cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import JSON, MSGPACK, Frame, Player
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import entered


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """With the limits that it has when nobody sets any."""
    with serving(postgres) as server:
        yield server
        assert "Traceback" not in server.log


async def relay(server: HostedProcess) -> tuple[Player, str]:
    player = await Player.create(server.url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    return player, room["ws_url"]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_commands_beyond_the_burst_are_rejected(own_server: HostedProcess, protocol: str) -> None:
    player, url = await relay(own_server)
    async with entered(url, player, protocol) as line:
        assert line.frames[0]["limits"] == {
            "heartbeat_s": 20,
            "max_frame": 16384,
            "commands_per_s": 20,
            "burst": 40,
        }
        for number in range(50):
            await line.command(f"c{number}", "say", {"data": number})
        answers: dict[str, Frame] = {}
        while len(answers) < 50:
            frame = await line.frame()
            if frame["type"] in ("ack", "reject"):
                answers[frame["id"]] = frame
        assert {answers[f"c{number}"]["type"] for number in range(40)} == {"ack"}
        rejects = [answer for answer in answers.values() if answer["type"] == "reject"]
        assert 1 <= len(rejects) <= 10
        assert {(r["code"], r["retryable"]) for r in rejects} == {("rate_limited", True)}
    # What was refused changed nothing and may be sent again, under the same id.
    async with entered(url, player, protocol) as line:
        assert [f["data"]["data"] for f in await line.settle() if f.get("name") == "said"][:40] == list(range(40))
        assert (await line.ask(rejects[0]["id"], "say", data="later"))["type"] == "ack"
    await player.close()


@pytest.mark.parametrize("kind", ["command", "ping", "sync", "unknown"])
async def test_a_client_that_ignores_rejects_is_cut(own_server: HostedProcess, kind: str) -> None:
    player, url = await relay(own_server)
    async with entered(url, player) as line:
        for number in range(300):
            frame = {"type": kind, "id": f"c{number}", "name": "say", "args": {"data": number}, "nonce": number}
            await line.send(frame)
        code, _, frames = await line.end()
        assert code == 4429
        assert [frame["type"] for frame in frames][-1] == "error"
        assert (frames[-1]["code"], set(frames[-1])) == ("rate_limited", {"type", "code", "message"})
        rejects = [frame for frame in frames if frame["type"] == "reject" and frame["code"] == "rate_limited"]
        assert len(rejects) == 20
    await player.close()


async def test_each_connection_has_its_own_limit(own_server: HostedProcess) -> None:
    """Another player in the same room, and the same player's next connection, have budgets of their own."""
    player, url = await relay(own_server)
    other = await Player.create(own_server.url)
    await other.http.post(f"/api/rooms/{url.rsplit('/', 1)[1]}/join")
    async with entered(url, player) as line, entered(url, other) as quiet:
        for number in range(300):
            await line.command(f"c{number}", "say", {"data": number})
        assert (await line.end())[0] == 4429
        assert (await quiet.ask("1", "say", data="calm"))["type"] == "ack"
    async with entered(url, player) as line:
        assert (await line.ask("fresh", "say", data="calm again"))["type"] == "ack"
    await player.close()
    await other.close()
