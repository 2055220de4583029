"""A finished game as one document, which anybody can check and another server can import. Pure.

The check proves what the rules can prove: every event follows from the rules, every card was dealt as the seeds say,
every state has the stated hash, and the summary follows from the events. Times, names and who sent which command
follow from nothing; only the digest covers them, which protects against accidents and not against forgery.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from server.games import fairness, match
from server.games import table_events as ev
from server.games.codec import VERSION_KEY, Codec, UnknownEvent, to_data
from server.games.registry import Registry, UnknownGame
from server.games.replay import digest, state_hash
from server.games.rules import Data, Event, Game, PlayerId, Result, State
from server.games.table import Phase, config_data, profile_of

FORMAT = "parlor-game"
FORMAT_VERSION = 1

_KEYS = ("format", "format_version", "game_id", "game", "rules_version", "config", "players", "events", "summary")
_EVENT_KEYS = frozenset(("index", "name", "at", "payload", "actor_id", "command_id", "state_hash"))
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AT_MS_MAX = 253_402_300_799_999  # the year 9999
_COMMAND_ID_CHARACTERS_MAX = 64

_SENSELESS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What pure rules may raise over events that never happened."""


class BadArchive(ValueError):
    """`where`: the place in the document, for example `events[17].payload`."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it stands in the log. `payload`: as stored, with its version. Times are milliseconds since 1970."""

    at_ms: int
    event: Event
    payload: Data
    actor_id: PlayerId | None
    command_id: str | None


@dataclass(frozen=True, slots=True)
class Archive:
    """A document that was checked. `state`: the last one."""

    game: Game[Any]
    events: tuple[Logged, ...]
    state: State[Any]


def write(game: Game[Any], events: Sequence[Logged]) -> Data:
    """The document of a completed game. Raises ValueError if it is not: its seed is a secret then."""
    if not events or not isinstance(events[-1].event, ev.GameCompleted):
        raise ValueError("only a completed game can be exported: until then its seed is secret")
    items: list[Data] = []
    state: State[Any] | None = None
    for index, logged in enumerate(events):
        state = _after(game, state, logged.event)
        items.append(
            {
                "index": index,
                "name": logged.event.name,
                "at": logged.at_ms,
                "payload": logged.payload,
                "actor_id": logged.actor_id,
                "command_id": logged.command_id,
                "state_hash": state_hash(state),
            }
        )
    assert state is not None  # there are events
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "game_id": state.table.game_id,
        "game": game.name,
        "rules_version": state.table.rules_version,
        **_derived(game, state),
        "events": items,
    }
    return {**document, "digest": digest(document)}


def read(document: Any, registry: Registry) -> Archive:
    """Check everything about a document. Raises BadArchive with the first place that is wrong."""
    if type(document) is not dict:
        raise BadArchive("file", "must be one JSON object")
    _expect("format", document.get("format"), FORMAT)
    _expect("format_version", document.get("format_version"), FORMAT_VERSION)
    _keys("", document, {*_KEYS, "digest"})
    told = digest({key: value for key, value in document.items() if key != "digest"})
    if document["digest"] != told:
        raise BadArchive("digest", f"the file was altered or cut: its content has the digest {told}")
    try:
        game, codec = registry.game(document["game"]), registry.codec(document["game"])
    except (UnknownGame, TypeError) as error:
        raise BadArchive("game", f"no such game is installed here ({error})") from None
    _expect("rules_version", document["rules_version"], game.version)
    if type(document["events"]) is not list or not document["events"]:
        raise BadArchive("events", "must be a list that is not empty")
    events, state = _events(game, codec, document["events"])
    _expect("game_id", document["game_id"], state.table.game_id)
    for key, due in _derived(game, state).items():
        problem = fairness.value_difference(due, document[key], key)
        if problem is not None:
            raise BadArchive(problem.partition(" is ")[0], f"is not what follows from the events: {problem}")
    report = fairness.verify(game, [logged.event for logged in events])
    if not report.ok:
        raise BadArchive(f"events[{report.event_index or 0}]", report.problem or "not fair")
    return Archive(game, events, state)


def summary_data(game: Game[Any], state: State[Any]) -> Data:
    """The summary of a completed game as it stands in a document."""
    summary = game.summary(state)
    return {"players": [_result_data(result) for result in summary.results], "rounds": list(summary.rounds)}


def _result_data(result: Result) -> Data:
    data: Data = asdict(result)
    figures: Data = data.pop("figures")
    return data | figures


def _derived(game: Game[Any], state: State[Any]) -> Data:
    """What stands in a document for readers, and follows from the events."""
    return {
        "config": config_data(state.table.config),
        "players": [
            {"player_id": p.player_id, "seat": p.seat, "is_bot": p.is_bot, **profile_of(p)}
            for p in state.table.players.values()
        ],
        "summary": summary_data(game, state),
    }


def _events(game: Game[Any], codec: Codec, items: list[Any]) -> tuple[tuple[Logged, ...], State[Any]]:
    events: list[Logged] = []
    state: State[Any] | None = None
    for index, item in enumerate(items):
        where = f"events[{index}]"
        if state is not None and state.table.is_over:
            raise BadArchive(where, "the game is over before it")
        logged = _logged(where, codec, index, item)
        if events and logged.at_ms < events[-1].at_ms:
            raise BadArchive(f"{where}.at", "time goes back")
        try:
            state = _after(game, state, logged.event)
            told = state_hash(state)
        except _SENSELESS as error:
            raise BadArchive(where, f"the rules can't make sense of it ({error!r})") from None
        if item["state_hash"] != told:
            raise BadArchive(f"{where}.state_hash", f"the state after the event has the hash {told}")
        events.append(logged)
    assert state is not None  # the list is not empty
    if state.table.phase is not Phase.COMPLETED:
        raise BadArchive(f"events[{len(items) - 1}]", "the game is not completed with it")
    return tuple(events), state


def _logged(where: str, codec: Codec, index: int, item: Any) -> Logged:
    if type(item) is not dict:
        raise BadArchive(where, "must be an object")
    _keys(f"{where}.", item, _EVENT_KEYS)
    _expect(f"{where}.index", item["index"], index)
    at_ms, payload, actor, command = item["at"], item["payload"], item["actor_id"], item["command_id"]
    if type(at_ms) is not int or not 0 <= at_ms <= _AT_MS_MAX:
        raise BadArchive(f"{where}.at", "must be milliseconds since 1970")
    if actor is not None and not (type(actor) is str and _UUID.fullmatch(actor)):
        raise BadArchive(f"{where}.actor_id", "must be a player's id or null")
    if command is not None and not (type(command) is str and 1 <= len(command) <= _COMMAND_ID_CHARACTERS_MAX):
        raise BadArchive(
            f"{where}.command_id", f"must be a string of 1 to {_COMMAND_ID_CHARACTERS_MAX} characters or null"
        )
    if type(item["name"]) is not str or type(payload) is not dict:
        raise BadArchive(f"{where}.payload", "must be an object, and the event's name a string")
    return Logged(at_ms, _event(where, codec, item["name"], payload), payload, actor, command)


def _event(where: str, codec: Codec, name: str, payload: Data) -> Event:
    """The event, which must hold all that its payload says and nothing else."""
    try:
        event = codec.from_data(name, payload)
    except UnknownEvent as error:
        raise BadArchive(where, str(error)) from None
    except _SENSELESS as error:
        raise BadArchive(f"{where}.payload", f"no event can be made of it ({error!r})") from None
    if payload.get(VERSION_KEY, 1) == event.version:
        known = to_data(event)
        own = {key: value for key, value in payload.items() if not key.startswith("_")}
        extra = next((key for key in own if key not in known), None)
        if extra is not None:
            raise BadArchive(f"{where}.payload.{extra}", f"no field of {name}")
    return event


def _after(game: Game[Any], state: State[Any] | None, event: Event) -> State[Any]:
    if state is not None:
        return match.evolve(game, state, event)
    if not isinstance(event, ev.GameCreated):
        raise ValueError("a log begins with game_created")  # noqa: TRY004  # it is the value that is wrong
    return match.begin(game, event)


def _keys(where: str, found: Mapping[str, Any], due: frozenset[str] | set[str]) -> None:
    for key in sorted(due - found.keys()):
        raise BadArchive(where + key, "is missing")
    for key in found.keys() - due:
        raise BadArchive(where + str(key), "is not a key of this format")


def _expect(where: str, found: Any, due: Any) -> None:
    if type(found) is not type(due) or found != due:
        raise BadArchive(where, f"must be {due!r}")
