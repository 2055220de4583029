"""What others may read of a room: the routes, the lobby, operators."""

from __future__ import annotations

from server.games.rules import Data, PlayerId, Viewer
from server.games.table import Table, profile_of
from server.games.table_events import Profile
from server.rooms.audience import frames
from server.rooms.audience.audience import Audience
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Step


class RoomFace:
    """`table` is for those who decide; everything else is what has been told, or may be."""

    def __init__(self, core: RoomCore, audience: Audience) -> None:
        self.core = core
        self.audience = audience
        self.fanout = audience.fanout
        self.game = core.game
        self.game_id = core.identity.game_id
        self.join_code = core.identity.join_code
        self.fill_at_ms = core.identity.fill_at_ms
        self.closed: str | None = None  # why the room is not served any more

    @property
    def table(self) -> Table:
        """The newest table, committed or not: for those who decide, not for those who look."""
        return self.core.table

    @property
    def told(self) -> Step | None:
        """The newest step that may be told; None before event 0 is committed."""
        return self.core.told

    @property
    def told_table(self) -> Table | None:
        """The table after that step."""
        told = self.core.told
        return None if told is None else told.state.table

    @property
    def committed_head(self) -> int:
        """Index of the newest event that is committed; -1: none."""
        return self.core.committed_head

    @property
    def is_public(self) -> bool:
        """Whether strangers may come in: private as soon as that is decided, public once it is committed."""
        return self.core.is_public

    @property
    def is_ahead(self) -> bool:
        """Whether the room has told more than is committed. Only a relaxed one does."""
        return self.core.committed_head < self.core.told_head

    @property
    def spectators(self) -> int:
        """How many connections without a seat there are."""
        return len(self.fanout.spectators)

    def shown(self, viewer: Viewer) -> Step | None:
        """The newest step that `viewer` may be shown; None before there is one."""
        return self.audience.shown(viewer)

    def view(self, step: Step, viewer: Viewer) -> Data:
        """The state after `step` as `viewer` may see it, with the deadline."""
        return frames.view(self.core, step, viewer)

    def profile(self, player_id: PlayerId) -> Profile | None:
        """A member's name and looks; None: not a member."""
        table = self.told_table
        member = None if table is None else table.players.get(player_id)
        return None if member is None else profile_of(member)

    def is_member(self, player_id: PlayerId) -> bool:
        """Whether this player has joined, to play or to watch, and was not removed."""
        table = self.told_table
        member = None if table is None else table.players.get(player_id)
        return member is not None and not member.kicked
