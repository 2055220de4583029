"""From events to rows and records, and back from rows. Each event is encoded once, for the database and the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import json

from persistence.event_log.log import NewEvent, StoredEvent
from server.games import match
from server.games.codec import Codec
from server.games.rules import Event, Game, PlayerId, State
from server.games.table_events import GameCreated
from server.rooms.machine.effects import Record, Step

SPAN_KEY = "_n"
"""In the payload of a command's first event: how many events the command caused, when there is more than one."""


_encode = json.Encoder().encode


def new_records(first: int, at_ms: int, events: Sequence[Event]) -> tuple[Record, ...]:
    """The records of events that are about to be appended from index `first` on."""
    return tuple([Record(index, at_ms, event, _encode(event).decode()) for index, event in enumerate(events, first)])


def new_rows(records: Sequence[Record], actor: PlayerId | None, command_id: str | None) -> list[NewEvent]:
    """The rows of these records, all of them caused by one input."""
    rows: list[NewEvent] = []
    for record in records:
        head = f'{{"_v":{record.event.version}'
        if command_id is not None and len(records) > 1:
            head += f',"{SPAN_KEY}":{len(records)}'
        payload = head + "}" if record.json == "{}" else head + "," + record.json[1:]
        rows.append(NewEvent(record.event.name, payload, record.at_ms, actor, command_id))
        command_id = None  # stands on the first row only
    return rows


def stored_record(codec: Codec, row: StoredEvent) -> Record:
    """The record of a committed row. Raises `UnknownEvent`."""
    event = codec.from_data(row.type, row.payload)
    return Record(row.index, row.at_ms, event, _encode(event).decode())


def folded(game: Game[Any], codec: Codec, rows: Sequence[StoredEvent]) -> tuple[list[Record], State[Any]]:
    """The records of a whole log, and the state after it. Raises `UnknownEvent`, ValueError for what is no log."""
    records = [stored_record(codec, row) for row in rows]
    first = records[0].event if records else None
    if not isinstance(first, GameCreated):
        raise ValueError("a log begins with game_created")  # noqa: TRY004  # the log is wrong, not a type
    state = match.begin(game, first)
    for record in records[1:]:
        state = match.evolve(game, state, record.event)
    return records, state


def steps(game: Game[Any], records: Sequence[Record]) -> list[Step]:
    """A log as one step for each event, with the state after it."""
    made: list[Step] = []
    state: State[Any] | None = None
    for record in records:
        event = record.event
        if isinstance(event, GameCreated):
            state = match.begin(game, event)
        elif state is not None:
            state = match.evolve(game, state, event)
        if state is not None:
            made.append(Step(record.index, state, None, (record,)))
    return made


def command_span(row: StoredEvent) -> tuple[int, int]:
    """The indexes (first, last) of the events of the command whose first event this is."""
    count = row.payload.get(SPAN_KEY, 1)
    return row.index, row.index + (count if isinstance(count, int) else 1) - 1
