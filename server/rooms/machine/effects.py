"""The effects of a room's core: plain values that the shell carries out in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from msgspec import Struct

from persistence.event_log.log import Committed, NewEvent, Promised
from persistence.write import Write
from server.games.codec import to_data
from server.games.rules import Command, Data, Deadline, Event, PlayerId, State
from server.rooms.machine.thought import Thought


class Record(Struct, frozen=True, gc=False):
    """An event with its place in the log. `json` is the whole event, what is private included."""

    index: int
    at_ms: int
    event: Event
    json: str

    @property
    def data(self) -> Data:
        """The event's fields by name."""
        return to_data(self.event)


class Wait(Struct, frozen=True, gc=False):
    """What the game waits for, and until when. `due_ms` None: for ever."""

    deadline: Deadline
    due_ms: int | None


class Ack(Struct, frozen=True, gc=False):
    """The events of a command are committed: `first`..`last`."""

    player_id: PlayerId
    id: str
    first: int
    last: int


class Step(Struct, frozen=True, gc=False):
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


class Append(Struct, frozen=True, gc=False):
    """Hand these to the log, in one piece."""

    events: Sequence[NewEvent]
    writes: Sequence[Write]


class Publish(Struct, frozen=True, gc=False):
    """Tell everybody. Takes the log's proof that every step is committed; in a relaxed room, its promise to do so."""

    proof: Committed | Promised
    steps: tuple[Step, ...]


class SendAck(Struct, frozen=True, gc=False):
    """Repeat the ack of a command whose events were told before; takes the same proof."""

    proof: Committed | Promised
    ack: Ack


class Reject(Struct, frozen=True, gc=False):
    """Tell the player that the command was refused. `id` None: the frame had no readable one. `field`: the wrong
    argument, if there is one."""

    player_id: PlayerId
    id: str | None
    code: str
    message: str
    field: str | None = None


class SetAlarm(Struct, frozen=True, gc=False):
    """Call `RoomCore.alarm` at this time (milliseconds since 1970), not earlier; None: never."""

    at_ms: int | None


class Think(Struct, frozen=True, gc=False):
    """Let a bot search for a move; the result goes to `RoomCore.thought`."""

    player_id: PlayerId
    thought: Thought


class StopThinking(Struct, frozen=True, gc=False):
    """Nobody waits for the bot any more."""


class OpenRematch(Struct, frozen=True, gc=False):
    """A player of the completed game asks for a rematch."""

    player_id: PlayerId
    id: str


class ChatWish(Struct, frozen=True, gc=False):
    """A command of the chat that this player may give."""

    player_id: PlayerId
    id: str
    command: Command


class Unload(Struct, frozen=True, gc=False):
    """Nobody is connected: the room leaves the memory. The log keeps it."""

    reason: str


Effect: TypeAlias = (
    Append | Publish | SendAck | Reject | SetAlarm | Think | StopThinking | OpenRematch | ChatWish | Unload
)
