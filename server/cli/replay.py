"""parlor replay, parlor verify: a game from the event log."""

from __future__ import annotations

import sys
from itertools import islice

import orjson

from server.cli.load_game import LoadedGame, load_game, states
from server.cli.replay_terminal import play_back, step_through
from server.cli.replay_text import Snapshot, TextRenderer
from server.errors import StartupError
from server.games import fairness
from server.games.replay import fold, state_hash
from server.games.rules import Viewer
from server.games.table_events import GameCompleted, GameCreated
from server.rooms.audience.fanout import visible
from server.settings import Settings


async def read(
    settings: Settings, game_id: str, *, first: int, last: int | None, viewer: str | None
) -> tuple[LoadedGame, range]:
    """The game, and the requested indexes. Raises StartupError."""
    found = await load_game(settings, game_id)
    head = found.row.last_event_index
    last = head if last is None else last
    for option, index in (("--from", first), ("--to", last)):
        if not 0 <= index <= head:
            raise StartupError(f"{option}: the events of this game are 0 to {head}", exit_code=2)
    if first > last:
        raise StartupError(f"--from: at most {last}, where --to ends", exit_code=2)
    if viewer is not None and viewer not in _everybody(found):
        raise StartupError(f"--as: no player {viewer!r} was ever in this game", exit_code=2)
    return found, range(first, last + 1)


def show(
    found: LoadedGame, asked: range, viewer: str | None, *, as_json: bool, step: bool, speed: float | None
) -> None:
    """Print the events `asked` as `viewer` saw them, or everything if the game is over: as JSON lines or as text.
    `step` walks through them with the keyboard; `speed` plays them with the pauses of the game."""
    if as_json:
        _print_json(found, asked, viewer)
        return
    everything = found.is_completed and viewer is None
    snapshots = [
        Snapshot.of(found.game, record, state, viewer, everything=everything)
        for record, state in islice(zip(found.records, states(found.game, found.records), strict=True), asked.stop)
    ]
    is_terminal = sys.stdout.isatty()
    renderer = TextRenderer(colour=is_terminal)
    if step:
        if not (is_terminal and sys.stdin.isatty()):
            raise StartupError("--step needs a terminal", exit_code=2)
        step_through(renderer, snapshots, asked.start, speed)
        return
    print(f"{found.row.game} {found.row.id}: {found.row.status}, {len(found.records)} events")
    if speed is None:
        for snapshot in snapshots[asked.start :]:
            print(renderer.line(snapshot))
    else:
        play_back(renderer, snapshots[asked.start :], speed)
    for text in renderer.result(snapshots[-1]):
        print(text)


def _print_json(found: LoadedGame, asked: range, viewer: Viewer) -> None:
    everything = found.is_completed and viewer is None
    for record, state in zip(found.records, states(found.game, found.records), strict=True):
        if record.index >= asked.stop:
            return
        if record.index < asked.start:
            continue
        name, data = (record.event.name, record.data) if everything else visible(found.game, record, viewer)
        item = {"index": record.index, "name": name, "at": record.at_ms, "data": data}
        print(orjson.dumps({**item, "state_hash": state_hash(state)}).decode())


def _everybody(found: LoadedGame) -> set[str]:
    """The ids of all players and spectators who were ever members."""
    return set(fold(found.game, [record.event for record in found.records]).table.players)


async def verify(settings: Settings, game_id: str) -> int:
    """Check a completed game against its commitment and its rules. Returns 0 if all of it is right, else 1.

    Raises StartupError with exit code 2 for a game whose log has no end yet.
    """
    found = await load_game(settings, game_id)
    if not any(isinstance(record.event, GameCompleted) for record in found.records):
        raise StartupError(f"the game is {found.row.status}: it can be verified once it is completed", exit_code=2)
    created = found.records[0].event
    if isinstance(created, GameCreated) and created.game_id != found.row.id:
        print(f"NOT ok at event 0: this is the log of game {created.game_id}")
        return 1
    if isinstance(created, GameCreated) and created.forked_from is not None:
        print("it is a fork of another game: its seed was known before it began")
    report = fairness.verify(found.game, [record.event for record in found.records])
    if report.ok and not report.audited:
        print(f"ok: the seed is the one that was committed to ({found.row.game} has nothing else that can be verified)")
        return 0
    if report.ok:
        print(f"ok: {report.rounds} rounds were dealt from the seed that was committed to, and played by the rules")
        return 0
    where = "" if report.event_index is None else f" at event {report.event_index}"
    print(f"NOT ok{where}: {report.problem}")
    return 1
