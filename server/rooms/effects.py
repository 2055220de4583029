"""What a room's core asks its shell to do. Plain values; the shell carries them out in order.

Those that are made on every move are named tuples: as frozen as the others, and made in half the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from persistence.event_log.log import Committed, NewEvent, Write
from server.games.rules import Command, Data, Deadline, Event, PlayerId, State
from server.rooms.thinking import Thought


class Record(NamedTuple):
    """An event with its place in the log. `data` and `json` are the whole event, what is private included."""

    index: int  # type: ignore[assignment]  # stands before tuple.index, which nobody asks a record for
    at_ms: int
    event: Event
    data: Data
    json: str


@dataclass(frozen=True, slots=True)
class Wait:
    """What the game waits for, and until when. `due_ms` None: for ever."""

    deadline: Deadline
    due_ms: int | None


class Ack(NamedTuple):
    """The events of a command are committed: `first`..`last`."""

    player_id: PlayerId
    id: str
    first: int
    last: int


class Step(NamedTuple):
    """What one input caused, as it is appended, committed and published: as a whole.

    `state` and `wait` are those after it. `turn`: the wait is new, so whose move it is must be told.
    `removed`: players whose connection ends here.
    """

    last: int
    state: State[Any]
    wait: Wait | None
    records: tuple[Record, ...]
    ack: Ack | None = None
    turn: bool = False
    removed: tuple[PlayerId, ...] = ()


class Append(NamedTuple):
    """Hand these to the log, in one piece."""

    events: tuple[NewEvent, ...]
    writes: tuple[Write, ...]


class Publish(NamedTuple):
    """Tell everybody. Can't be made without the log's proof that every step is committed."""

    proof: Committed
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SendAck:
    """Repeat the ack of a command that was committed before; needs the same proof."""

    proof: Committed
    ack: Ack


@dataclass(frozen=True, slots=True)
class Reject:
    """Tell the player that his command was refused. `id` None: the frame had none that could be read. `field`: the
    argument that is wrong, if it is one."""

    player_id: PlayerId
    id: str | None
    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """Call `RoomCore.alarm` at this time (milliseconds since 1970), not earlier; None: never."""

    at_ms: int | None


@dataclass(frozen=True, slots=True)
class Think:
    """Let a bot think about this; then tell `RoomCore.thought`."""

    player_id: PlayerId
    thought: Thought


@dataclass(frozen=True, slots=True)
class StopThinking:
    """Nobody waits for the bot any more."""


@dataclass(frozen=True, slots=True)
class OpenRematch:
    """A player of the completed game wants another one with the same people."""

    player_id: PlayerId
    id: str


@dataclass(frozen=True, slots=True)
class ChatWish:
    """A command of the chat that this player may give."""

    player_id: PlayerId
    id: str
    command: Command


@dataclass(frozen=True, slots=True)
class Unload:
    """Nobody is here: the room leaves the memory. The log keeps it."""

    reason: str


Effect: TypeAlias = (
    Append | Publish | SendAck | Reject | SetAlarm | Think | StopThinking | OpenRematch | ChatWish | Unload
)
