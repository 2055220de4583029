"""Executes the server's SQL in memory: one function for each statement, found by the text that the server sends.

Only the statements that rooms need: appends with their compare-and-set, heads, reads, claims, and the writes that go
with appends. Any other statement is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from persistence.event_log.log import StoredEvent

Parameters = Mapping[str, Any]


@dataclass(slots=True)
class Game:
    """A row of play.games with its directory entry and its events. Not changed after its commit."""

    columns: dict[str, Any]
    rows: list[StoredEvent] = field(default_factory=list)
    commands: set[tuple[str, str]] = field(default_factory=set)
    epochs: list[int] = field(default_factory=list)  # under which each row was written
    last_batch: Any = None
    completed: bool = False

    @property
    def head(self) -> int:
        return int(self.columns["last_event_index"])

    @property
    def epoch(self) -> int:
        return int(self.columns["epoch"])

    def copy(self) -> Game:
        """A copy that may be changed."""
        made = copy(self)
        made.columns = dict(self.columns)
        made.rows, made.epochs, made.commands = list(self.rows), list(self.epochs), set(self.commands)
        return made


class Tables:
    """What a transaction sees: the committed games, overlaid by those that it has changed."""

    def __init__(self, committed: dict[str, Game], players: dict[str, dict[str, Any]], now_ms: int) -> None:
        self.now_ms = now_ms
        self.committed = committed
        self.players = players
        self.changed: dict[str, Game] = {}

    def find(self, game_id: Any) -> Game | None:
        key = str(game_id)
        return self.changed.get(key) or self.committed.get(key)

    def change(self, game_id: Any) -> Game | None:
        key = str(game_id)
        if key not in self.changed and key in self.committed:
            self.changed[key] = self.committed[key].copy()
        return self.changed.get(key)


def failure(sqlstate: str, message: str, constraint: str | None = None) -> Exception:
    """The exception of asyncpg for an error of the database."""
    fields = {"C": sqlstate, "M": message, "S": "ERROR", "V": "ERROR"}
    if constraint is not None:
        fields["n"] = constraint
    made: Exception = asyncpg.PostgresError.new(fields)
    return made


# Switched off by mutants: the unique index over (game, actor, command_id), and that a claim raises the epoch.
commands_are_unique = True
claims_raise_the_epoch = True


# -- the event log


def matches(game: Game | None, expected: int, epoch: int) -> bool:
    """The compare of the compare-and-set."""
    return game is not None and game.head == expected and game.epoch == epoch


def append(tables: Tables, p: Parameters) -> list[Any]:
    """As in event_log.sql: games whose head and epoch are as expected get the events, others are not changed."""
    moved: list[tuple[int]] = []
    wanted = zip(p["game_ids"], p["expected"], p["heads"], p["epochs"], strict=True)
    for place, (game_id, expected, head, epoch) in enumerate(wanted, 1):
        game = tables.change(game_id) if matches(tables.find(game_id), expected, epoch) else None
        if game is not None:
            game.columns["last_event_index"], game.last_batch = head, p["batch"]
            moved.append((place,))
    columns = ("games", "indexes", "types", "payloads", "times_ms", "actors", "commands")
    for place, index, kind, payload, at_ms, actor, command in zip(*(p[name] for name in columns), strict=True):
        if (place,) in moved:
            game = tables.change(p["game_ids"][place - 1])
            assert game is not None, "it has just moved"
            _insert(game, StoredEvent(index, kind, orjson.loads(payload), at_ms, actor, command))
            game.epochs.append(p["epochs"][place - 1])
    return moved


def _insert(game: Game, row: StoredEvent) -> None:
    if any(row.index == other.index for other in game.rows[-1:]) or row.index < len(game.rows):
        raise failure("23505", "duplicate key value violates unique constraint", "game_events_pkey")
    if row.command_id is not None and row.actor_id is not None:
        if (row.actor_id, row.command_id) in game.commands and commands_are_unique:
            raise failure("23505", "duplicate key value violates unique constraint", "game_events_command_idx")
        game.commands.add((row.actor_id, row.command_id))
    game.rows.append(row)


def heads(tables: Tables, p: Parameters) -> list[Any]:
    found = [(UUID(key), tables.find(key)) for key in map(str, p["game_ids"])]
    return [(key, game.head, game.epoch, game.last_batch) for key, game in found if game is not None]


def read(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.find(p["game_id"])
    rows = [] if game is None else [row for row in game.rows if p["first"] <= row.index <= p["last"]]
    return [
        (
            row.index,
            row.type,
            row.payload,
            row.at_ms,
            None if row.actor_id is None else UUID(row.actor_id),
            row.command_id,
        )
        for row in rows[: p["limit"]]
    ]


# -- games and rooms


def new_game(tables: Tables, p: Parameters) -> list[Any]:
    if tables.find(p["id"]) is not None:
        raise failure("23505", "duplicate key value violates unique constraint", "games_pkey")
    columns = {
        **{name: p[name] for name in ("id", "game", "rules_version", "config", "session_seed", "owner", "rematch_of")},
        "status": "created",
        "last_event_index": -1,
        "epoch": 1,
        "started_at": None,
        "completed_at": None,
        **dict.fromkeys(("join_code", "is_public", "max_players", "current_players", "closed_at", "fill_at")),
        "created_at": _moment(p["at_ms"]),
    }
    tables.changed[str(p["id"])] = Game(columns)
    return []


def new_room(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.change(p["game_id"])
    if game is None:
        raise failure("23503", "a room without its game", "room_directory_game_id_fkey")
    game.columns |= {name: p[name] for name in ("join_code", "is_public", "max_players", "current_players")}
    return []


def change_status(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.change(p["game_id"])
    if game is not None:
        game.columns["status"] = p["status"]
    return []


def change_seats(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.change(p["game_id"])
    if game is not None:
        game.columns["current_players"] = p["current_players"]
    return []


def change_settings(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.change(p["game_id"])
    if game is not None:
        given = {name: p[name] for name in ("config", "max_players", "is_public") if p[name] is not None}
        game.columns |= given
    return []


def add_summary(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.change(p["game_id"])
    if game is None or game.completed:
        raise failure("23505", "duplicate key value violates unique constraint", "game_summaries_game_id_key")
    game.completed = True
    return []


def nothing(tables: Tables, p: Parameters) -> list[Any]:
    """For rows that no room reads."""
    return []


def claim(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.change(p["game_id"])
    if game is None:
        return []
    epoch = max(game.epoch + 1, tables.now_ms) if claims_raise_the_epoch else game.epoch
    game.columns |= {"epoch": epoch, "owner": p["owner"]}
    return [dict(game.columns)]


def get_game(tables: Tables, p: Parameters) -> list[Any]:
    game = tables.find(p["game_id"])
    return [] if game is None else [dict(game.columns)]


def list_running(tables: Tables, p: Parameters) -> list[Any]:
    return [(key,) for key, game in sorted(tables.committed.items()) if game.columns["status"] == "in_progress"]


def get_player(tables: Tables, p: Parameters) -> list[Any]:
    player = tables.players.get(str(p["id"]))
    return [] if player is None else [player]


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


# -- lookup


class Statement(NamedTuple):
    """`locks`: the parameter with the game whose row is locked; None: no row."""

    name: str
    parameters: list[str]
    run: Callable[[Tables, Parameters], list[Any]]
    locks: str | None

    def targets(self, tables: Tables, p: Parameters) -> list[str]:
        """The games whose rows this statement locks, in this order."""
        if self.name == "append":  # an update waits only for rows that match before it looks again
            wanted = zip(p["game_ids"], p["expected"], p["epochs"], strict=True)
            return [str(key) for key, head, epoch in wanted if matches(tables.committed.get(str(key)), head, epoch)]
        return [] if self.locks is None else [str(p[self.locks])]


_KNOWN: dict[str, dict[str, tuple[Callable[[Tables, Parameters], list[Any]], str | None]]] = {
    "event_log.connection": {"append": (append, "game_ids"), "heads": (heads, None), "read": (read, None)},
    "play.games": {
        "new_game": (new_game, "id"),
        "new_room": (new_room, "game_id"),
        "change_status": (change_status, "game_id"),
        "change_seats": (change_seats, "game_id"),
        "change_settings": (change_settings, "game_id"),
        "claim": (claim, "game_id"),
        "get_game": (get_game, None),
        "list_running": (list_running, None),
        "list_filling": (nothing, None),
    },
    "play.tickets": {"give_up_seats": (nothing, None)},
    "play.players": {"get": (get_player, None), "update": (nothing, None)},
    "play.chat": {"recent": (nothing, None), "muted": (nothing, None)},
    "play.statistics": {"add_summary": (add_summary, "game_id"), "add_results": (nothing, None)},
}


def _by_text() -> dict[str, Statement]:
    found = {}
    for module, known in _KNOWN.items():
        queries = import_module(f"persistence.{module}")._sql  # as the product loads them, with its words filled in
        for name, (run, locks) in known.items():
            parameters = queries.driver_adapter.var_sorted[name]
            found[getattr(queries, name).sql] = Statement(name, parameters, run, locks)
    return found


STATEMENTS = _by_text()
