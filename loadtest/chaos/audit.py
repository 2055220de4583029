"""The end of a run: reads the logs of all rooms as their players may see them, and checks everything against them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from loadtest.api import Api
from loadtest.chaos import check
from loadtest.chaos.check import Findings
from loadtest.chaos.history import NOT_RECEIVED
from loadtest.chaos.players import CardPlayer, Player
from loadtest.chaos.rooms import Room, Rooms

_PAGE = 5000
_SETTLE_S = 30.0


async def settle(crowd: Rooms, findings: Findings) -> None:
    """Wait for the last answers, then request a view for each client and send one more command in each room.

    The last command extends the log beyond these views, so that the state that HTTP returns for them is a fold.
    """
    try:
        async with asyncio.timeout(_SETTLE_S):
            await crowd.settle()
            await asyncio.gather(*(client.view() for client in crowd.clients))
            for room in crowd.open_rooms:
                if room.game != "bots":
                    room.clients[0].probe()
            await crowd.settle()
    except TimeoutError:
        for client in (client for room in crowd.rooms if not room.closed for client in room.clients):
            if client.outbox:
                lines = [f"{waiting.name} {waiting.command.id}" for waiting in client.outbox.values()]
                findings.add(check.OTHER, f"{client.name}: never answered: {lines[0]}", len(lines))
        if not findings.any:
            findings.add(
                check.OTHER, f"the clients of a room did not all receive its newest event within {_SETTLE_S:.0f} s"
            )


async def audit(crowd: Rooms, findings: Findings) -> dict[str, int]:
    """Check everything against the logs.

    Returns the number of events in the logs, of events that a state replaced for some client (`bridged`), and of games
    that were completed and verified.
    """
    seen = {"log_events": 0, "bridged": 0, "games_completed": 0, "games_verified": 0}
    for room in crowd.rooms:
        where = f"{room.game} game {room.game_id[:8]}"
        for client in room.clients:
            check.check_journal(client.journal, client.name, findings)
            seen["bridged"] += client.history.digests.count(NOT_RECEIVED)
            if isinstance(client, CardPlayer):
                for leak in client.leaks:
                    findings.add(check.LEAKS, leak)
        log = await _room(crowd.api, room, where, findings)
        seen["log_events"] += len(log)
        if room.game != "relay" and log and log[-1]["name"] == "game_completed":
            seen["games_completed"] += 1
            seen["games_verified"] += await _completed(crowd.api, room, log, where, findings)
    for server_fault in crowd.counts.server_faults:
        findings.add(check.OTHER, server_fault)
    return seen


async def _room(api: Api, room: Room, where: str, findings: Findings) -> check.Log:
    """Check one room; returns its log. Each client is compared with the log as this client may read it."""
    log: list[dict[str, Any]] = []
    for client in room.clients:
        if not log or room.game == "eldorado":  # a relay room hides nothing: all clients read the same log
            log = await read_log(api, client)
            check.check_log(log, where, findings)
        check.check_stream(client.history, log, client.name, findings)
        folded = {index: await _state(api, client, index) for index, _ in client.history.views}
        check.check_views(client.history.views, folded, client.name, findings)
    check.check_commands([client.history for client in room.clients], log, where, findings)
    return log


async def read_log(api: Api, client: Player) -> list[dict[str, Any]]:
    """Read all events as this client may see them. Raises ApiError."""
    items: list[dict[str, Any]] = []
    first: int | None = 0
    while first is not None:
        path = f"/api/games/{client.seat.game_id}/events?from={first}&limit={_PAGE}{_viewer_parameter(client)}"
        page = await api.call("GET", path, token=client.seat.guest.token)
        items += page["items"]
        first = page["next"]
    return items


async def _state(api: Api, client: Player, index: int) -> Mapping[str, Any]:
    path = f"/api/games/{client.seat.game_id}/state?at={index}{_viewer_parameter(client)}"
    view: Mapping[str, Any] = (await api.call("GET", path, token=client.seat.guest.token))["view"]
    return view


def _viewer_parameter(client: Player) -> str:
    """Ask for the view of this client: without it a finished game shows everything."""
    return f"&as={client.player_id}"


async def _completed(api: Api, room: Room, log: check.Log, where: str, findings: Findings) -> bool:
    """Check the scores, and verify the shuffles and moves. Returns whether the game was verified."""
    token = room.clients[0].seat.guest.token
    game = await api.call("GET", f"/api/games/{room.game_id}", token=token)
    check.check_scores(log, game, where, findings)
    fairness = await api.call("GET", f"/api/games/{room.game_id}/fairness", token=token)
    verified = fairness["verified"] or {}
    if not verified.get("ok"):
        findings.add(check.MISMATCHES, f"{where}: does not verify: {verified.get('problem')}")
    return bool(verified.get("ok"))
