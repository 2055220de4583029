"""The events that every game has: players join, leave and get ready, games start and end.

Payload keys are the field names. Profiles are maps {display_name, avatar_seed, color}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from server.games.vocabulary import Event, PlayerId

Profile: TypeAlias = dict[str, str]


class GameCreated(Event):
    """Always index 0. `config` holds every setting, defaults included. `is_public` None: an old log does not say.

    `forked_from`: where this game comes from, {game_id, index, shuffle_game_id}. Up to `index` the events are those of
    that game, and under the id `shuffle_game_id` the seed was committed to and all is shuffled. None: it is no fork.
    """

    name: ClassVar[str] = "game_created"
    game_id: str
    game: str
    rules_version: int
    config: dict[str, Any]
    creator_player_id: PlayerId
    seed_commitment: str
    is_public: bool | None = None
    forked_from: dict[str, Any] | None = None

    @property
    def shuffle_id(self) -> str:
        """The id that the seed was committed to under: the game's own, or that of the game it was forked from."""
        return shuffle_id(self.game_id, self.forked_from)


class PlayerJoined(Event):
    """`seat` None: as a spectator. `strategy`: the level of a bot."""

    name: ClassVar[str] = "player_joined"
    player_id: PlayerId
    seat: int | None
    profile: Profile
    is_bot: bool = False
    strategy: str | None = None


class PlayerLeft(Event):
    name: ClassVar[str] = "player_left"
    player_id: PlayerId


class PlayerDisconnected(Event):
    """Written after two seconds without return."""

    name: ClassVar[str] = "player_disconnected"
    player_id: PlayerId


class PlayerReconnected(Event):
    name: ClassVar[str] = "player_reconnected"
    player_id: PlayerId


class PlayerBecameSpectator(Event):
    name: ClassVar[str] = "player_became_spectator"
    player_id: PlayerId


class PlayerMarkedAbsent(Event):
    """Disconnected for a whole round: the game does not wait for this player until they return."""

    name: ClassVar[str] = "player_marked_absent"
    player_id: PlayerId


class PlayerReady(Event):
    name: ClassVar[str] = "player_ready"
    player_id: PlayerId


class PlayerUnready(Event):
    name: ClassVar[str] = "player_unready"
    player_id: PlayerId


class ReadyOverrideSet(Event):
    """The host may start without waiting for everybody to be ready."""

    name: ClassVar[str] = "ready_override_set"
    enabled: bool


class SettingsChanged(Event):
    """The room as it is from now on: `config` holds every setting, `is_public` None is as it was (see GameCreated).
    Players who were ready had agreed to other settings, so only bots stay ready."""

    name: ClassVar[str] = "settings_changed"
    config: dict[str, Any]
    is_public: bool | None


class HostChanged(Event):
    """The host passed the role on. (When a host leaves, the next one follows from `player_left`.)"""

    name: ClassVar[str] = "host_changed"
    player_id: PlayerId


class PlayerKicked(Event):
    name: ClassVar[str] = "player_kicked"
    player_id: PlayerId
    reason: str


class BotRemoved(Event):
    name: ClassVar[str] = "bot_removed"
    player_id: PlayerId


class ClientSeedSet(Event):
    """A player's contribution to the shuffle; secret until all players have given theirs."""

    name: ClassVar[str] = "client_seed_set"
    private: ClassVar[bool] = True
    player_id: PlayerId
    client_seed: str


class ProfileUpdated(Event):
    name: ClassVar[str] = "profile_updated"
    player_id: PlayerId
    profile: Profile


class GameStarted(Event):
    """`seats`: pairs (seat, player_id) in seat order."""

    name: ClassVar[str] = "game_started"
    seats: tuple[tuple[int, PlayerId], ...]


class InvalidAction(Event):
    """A misplay: counted, changes nothing else. `code` is the reject code that the player got."""

    name: ClassVar[str] = "invalid_action"
    private: ClassVar[bool] = True
    player_id: PlayerId
    action: str
    code: str
    forged: bool = False


class GamePaused(Event):
    name: ClassVar[str] = "game_paused"
    reason: str


class GameResumed(Event):
    """The clocks are credited with `downtime_ms`, the length of the pause."""

    name: ClassVar[str] = "game_resumed"
    reason: str
    downtime_ms: int


class GameCompleted(Event):
    """The last event of a game that was played out; it reveals the seed of every shuffle."""

    name: ClassVar[str] = "game_completed"
    final_scores: dict[PlayerId, int]
    winners: tuple[PlayerId, ...]
    session_seed: str


class GameAborted(Event):
    """The last event of a game that was not."""

    name: ClassVar[str] = "game_aborted"
    reason: str


def shuffle_id(game_id: str, forked_from: Mapping[str, Any] | None) -> str:
    """See `GameCreated`. Never raises for what stands in a log."""
    return str(forked_from.get("shuffle_game_id")) if isinstance(forked_from, Mapping) else game_id


TableEvent: TypeAlias = (
    GameCreated
    | PlayerJoined
    | PlayerLeft
    | PlayerDisconnected
    | PlayerReconnected
    | PlayerBecameSpectator
    | PlayerMarkedAbsent
    | PlayerReady
    | PlayerUnready
    | ReadyOverrideSet
    | SettingsChanged
    | HostChanged
    | PlayerKicked
    | BotRemoved
    | ClientSeedSet
    | ProfileUpdated
    | GameStarted
    | InvalidAction
    | GamePaused
    | GameResumed
    | GameCompleted
    | GameAborted
)
TABLE_EVENTS: tuple[type[TableEvent], ...] = TableEvent.__args__


def redact_table_event(event: Event, viewer: PlayerId | None) -> dict[str, Any] | None:
    """The part of a private table event that `viewer` may know: all of their own, nothing of others'."""
    match event:
        case ClientSeedSet(player_id, client_seed) if player_id == viewer:
            return {"player_id": player_id, "client_seed": client_seed}
        case InvalidAction(player_id, action, code, forged) if player_id == viewer:
            return {"player_id": player_id, "action": action, "code": code, "forged": forged}
        case _:
            return None
