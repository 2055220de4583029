"""The document of a finished game: what was played comes back, and nothing that was changed gets through."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from server.games import archive, chance
from server.games import table_events as ev
from server.games.archive import BadArchive, Logged
from server.games.codec import to_data
from server.games.eldorado import GAME, Config
from server.games.registry import Registry
from server.games.relay import GAME as RELAY
from server.games.relay import Relay
from server.games.replay import digest, fold, state_hash
from server.games.rules import Event, State, Summary
from server.games.table import config_data
from tests.support.corpus import FOLDER, load
from tests.support.whole_games import CTX_NOW_MS, GAME_ID, play_game, session_seed

REGISTRY = Registry([GAME, RELAY])
FILES = sorted(FOLDER.glob("*.jsonl"))


def document(events: list[Event]) -> dict[str, Any]:
    logged = [
        Logged(CTX_NOW_MS + index, event, {"_v": event.version, **to_data(event)}, None, None)
        for index, event in enumerate(events)
    ]
    made: dict[str, Any] = json.loads(json.dumps(archive.write(GAME, logged)))
    return made


PLAYED = document(play_game(3, "archive", Config(rounds=1), client_seeds=["a", "", "b"]).events)


def sealed(changed: dict[str, Any]) -> dict[str, Any]:
    """With the digest that it should have: as somebody who means it would alter a file."""
    return {**changed, "digest": digest({key: value for key, value in changed.items() if key != "digest"})}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_game_of_the_corpus(path: Path) -> None:
    recorded = load(path)
    read = archive.read(document(recorded.events), REGISTRY)
    assert [logged.event for logged in read.events] == recorded.events
    assert state_hash(read.state) == recorded.state_hash


def test_the_hashes_are_those_of_every_state() -> None:
    events = [logged.event for logged in archive.read(PLAYED, REGISTRY).events]
    for index in (0, 5, len(events) // 2, len(events) - 1):
        assert PLAYED["events"][index]["state_hash"] == state_hash(fold(GAME, events[: index + 1]))


def test_a_game_that_is_not_over_is_not_written() -> None:
    events = [logged.event for logged in archive.read(PLAYED, REGISTRY).events][:-1]
    with pytest.raises(ValueError, match="its seed is secret"):
        document(events)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a document that holds nothing itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    empty = True
    for key, item in inner:
        empty = False
        yield from leaves(item, (*path, key))
    if empty:
        yield path


def altered(path: tuple[Any, ...]) -> dict[str, Any]:
    """The document with one leaf changed."""
    changed: dict[str, Any] = copy.deepcopy(PLAYED)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    place[path[-1]] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}x"
    return changed


# One event of each kind is enough: the others of its kind are checked by the same lines.
KINDS = {event["name"]: index for index, event in reversed(list(enumerate(PLAYED["events"])))}
LEAVES = [p for p in leaves(PLAYED) if p[0] != "events" or p[1] in KINDS.values()]
UNPROVEN = {"at", "actor_id", "command_id"}


def test_each_field_altered_is_found_by_the_digest() -> None:
    for path in LEAVES:
        with pytest.raises(BadArchive) as refused:
            archive.read(altered(path), REGISTRY)
        assert refused.value.where in ("digest", "format", "format_version"), path


def test_each_field_altered_with_its_digest_is_found_by_the_rules() -> None:
    """Save for what nothing follows from."""
    for path in LEAVES:
        if path[-1] in UNPROVEN or path == ("digest",):
            continue
        with pytest.raises(BadArchive) as refused:
            archive.read(sealed(altered(path)), REGISTRY)
        where = refused.value.where
        if path[0] == "events":
            assert where.startswith(f"events[{path[1]}]"), (path, str(refused.value))
        else:
            assert where.startswith(str(path[0])), (path, str(refused.value))


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "an event less": (lambda d: d["events"].pop(20), "events[20]"),
    "an event more": (lambda d: d["events"].insert(20, d["events"][20]), "events[21]"),
    "two swapped": (lambda d: d["events"].insert(20, d["events"].pop(21)), "events[20]"),
    "the end cut off": (lambda d: d["events"].pop(), f"events[{len(PLAYED['events']) - 2}]"),
    "something after the end": (lambda d: d["events"].append(d["events"][-1]), f"events[{len(PLAYED['events'])}]"),
    "no events": (lambda d: d["events"].clear(), "events"),
    "events are no list": (lambda d: d.update(events={}), "events"),
    "an event is no object": (lambda d: d["events"].insert(3, 7), "events[3]"),
    "an event without its time": (lambda d: d["events"][3].pop("at"), "events[3].at"),
    "an event with something else": (lambda d: d["events"][3].update(note=1), "events[3].note"),
    "a payload with something else": (lambda d: d["events"][3]["payload"].update(note=1), "events[3].payload.note"),
    "a payload that is none": (lambda d: d["events"][3].update(payload=[]), "events[3].payload"),
    "an unknown event": (lambda d: d["events"][3].update(name="exploded"), "events[3]"),
    "another beginning": (lambda d: d["events"][0].update({**d["events"][1], "index": 0}), "events[0]"),
    "an event of the future": (lambda d: d["events"][3]["payload"].update(_v=99), "events[3]"),
    "time goes back": (lambda d: d["events"][3].update(at=1), "events[3].at"),
    "a time that is none": (lambda d: d["events"][3].update(at=True), "events[3].at"),
    "an actor that is none": (lambda d: d["events"][3].update(actor_id="me"), "events[3].actor_id"),
    "a command id without end": (lambda d: d["events"][3].update(command_id="x" * 65), "events[3].command_id"),
    "another game": (lambda d: d.update(game="relay"), "events"),
    "a game that nobody has": (lambda d: d.update(game="chess"), "game"),
    "a game that is no name": (lambda d: d.update(game=[]), "game"),
    "no summary": (lambda d: d.pop("summary"), "summary"),
    "something else": (lambda d: d.update(note=1), "note"),
    "a player more": (lambda d: d["players"].append(d["players"][0]), "players"),
    "a newer format": (lambda d: d.update(format_version=2), "format_version"),
    "another format": (lambda d: d.update(format="chess"), "format"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_as_it_was(change: str) -> None:
    alter, where = CHANGES[change]
    changed = copy.deepcopy(PLAYED)
    alter(changed)
    with pytest.raises(BadArchive) as refused:
        archive.read(sealed(changed), REGISTRY)
    assert refused.value.where.startswith(where), str(refused.value)


@pytest.mark.parametrize("value", [None, [], "x", 7, {}])
def test_what_is_no_document(value: Any) -> None:
    with pytest.raises(BadArchive):
        archive.read(value, REGISTRY)


class Shouted(Event):
    name: ClassVar[str] = "shouted"
    version: ClassVar[int] = 2
    upcasters: ClassVar[Any] = {1: lambda data: {"words": [data["word"]]}}
    words: tuple[str, ...]


class Shouting(Relay):
    name = "shouting"
    events = (Shouted,)

    def summary(self, state: State[Any]) -> Summary:
        return Summary(())


def test_events_of_an_older_version_are_brought_up() -> None:
    game, seed = Shouting(), session_seed("shouting")
    events = [
        ev.GameCreated(GAME_ID, "shouting", 1, config_data(game.config()), "a", chance.commitment(GAME_ID, seed)),
        Shouted(("hey",)),
        ev.GameCompleted({}, (), seed),
    ]
    payloads = [to_data(events[0]), {"_v": 1, "word": "hey"}, to_data(events[2])]
    logged = [Logged(0, event, payload, None, None) for event, payload in zip(events, payloads, strict=True)]
    written = json.loads(json.dumps(archive.write(game, logged)))
    assert [found.event for found in archive.read(written, Registry([game])).events] == events
    del written["events"][1]["payload"]["word"]
    with pytest.raises(BadArchive, match="no event can be made of it") as refused:
        archive.read(sealed(written), Registry([game]))
    assert refused.value.where == "events[1].payload"
