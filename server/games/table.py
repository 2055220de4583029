"""The table: who sits where and in what state, the same for every game. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import attrgetter
from typing import Any, assert_never

from server.games import table_events as ev
from server.games.vocabulary import ADDED_LATER, Config, Data, PlayerId, Viewer


class Phase(StrEnum):
    """The life of a room; a game names finer phases of `PLAYING` itself."""

    LOBBY = "lobby"
    PLAYING = "playing"
    COMPLETED = "completed"
    ABORTED = "aborted"


class Status(StrEnum):
    """A member's presence. Only ACTIVE and DISCONNECTED players are waited for."""

    ACTIVE = "active"
    DISCONNECTED = "disconnected"
    ABSENT = "absent"
    LEFT = "left"


OVER = (Phase.COMPLETED, Phase.ABORTED)
PRESENT = (Status.ACTIVE, Status.DISCONNECTED)


@dataclass(frozen=True, slots=True)
class Player:
    """A member of the room. `seat` None: a spectator."""

    player_id: PlayerId
    seat: int | None
    display_name: str
    avatar_seed: str
    color: str
    is_bot: bool = False
    strategy: str | None = None
    status: Status = Status.ACTIVE
    ready: bool = False
    client_seed: str = ""
    misplays: int = 0
    forgeries: int = 0
    kicked: bool = False

    @property
    def is_present(self) -> bool:
        """Whether the member is seated and gets dealt cards: neither absent nor gone."""
        return self.seat is not None and self.status in PRESENT


@dataclass(frozen=True, slots=True)
class Table:
    """Never mutated: `players` is replaced, not changed. Players who left stay listed, with their past seat."""

    game_id: str
    game: str
    rules_version: int
    config: Config
    host_player_id: PlayerId
    seed_commitment: str
    players: Mapping[PlayerId, Player] = field(default_factory=dict)
    phase: Phase = Phase.LOBBY
    ready_override: bool = False
    paused: bool = False
    final_scores: Mapping[PlayerId, int] | None = None
    winners: tuple[PlayerId, ...] = ()
    session_seed: str | None = None
    is_public: bool | None = field(default=None, metadata=ADDED_LATER)  # None: an old log does not tell
    forked_from: Mapping[str, Any] | None = field(default=None, metadata=ADDED_LATER)  # see `GameCreated`

    def seated(self) -> list[Player]:
        """The players with a seat, in seat order; in a running game also those who have left."""
        held = [p for p in self.players.values() if p.seat is not None]
        held.sort(key=attrgetter("seat"))
        return held

    def present(self) -> list[Player]:
        """The seated players who are to be dealt in, in seat order."""
        return [p for p in self.seated() if p.is_present]

    def free_seat(self) -> int | None:
        """The lowest free seat, or None when the room is full."""
        taken = {p.seat for p in self.players.values()}
        return next((seat for seat in range(self.config.max_players) if seat not in taken), None)

    @property
    def shuffle_id(self) -> str:
        """The id under which random numbers are drawn; a fork uses that of the game it comes from."""
        return ev.shuffle_id(self.game_id, self.forked_from)

    @property
    def is_over(self) -> bool:
        return self.phase in OVER


def create_table(event: ev.GameCreated, config: Config) -> Table:
    """The empty table of a new room."""
    return Table(
        game_id=event.game_id,
        game=event.game,
        rules_version=event.rules_version,
        config=config,
        host_player_id=event.creator_player_id,
        seed_commitment=event.seed_commitment,
        is_public=event.is_public,
        forked_from=event.forked_from,
    )


def evolve_table(table: Table, event: ev.TableEvent) -> Table:  # noqa: C901  # one case an event: a table, not logic
    """The table after `event`. Total; asserts nothing, judges nothing."""
    match event:
        case ev.GameCreated():
            return table
        case ev.PlayerJoined():
            return _joined(table, event)
        case ev.PlayerLeft(player_id) | ev.BotRemoved(player_id):
            return _gone(table, player_id)
        case ev.PlayerKicked(player_id):
            return _gone(table, player_id, kicked=True)
        case ev.PlayerBecameSpectator(player_id):
            return _with(table, player_id, seat=None, ready=False)
        case ev.PlayerDisconnected(player_id):
            return _with(table, player_id, status=Status.DISCONNECTED)
        case ev.PlayerReconnected(player_id):
            return _with(table, player_id, status=Status.ACTIVE)
        case ev.PlayerMarkedAbsent(player_id):
            return _with(table, player_id, status=Status.ABSENT)
        case ev.PlayerReady(player_id):
            return _with(table, player_id, ready=True)
        case ev.PlayerUnready(player_id):
            return _with(table, player_id, ready=False)
        case ev.ReadyOverrideSet(enabled):
            return replace(table, ready_override=enabled)
        case ev.SettingsChanged():
            return _changed(table, event)
        case ev.HostChanged(player_id):
            return replace(table, host_player_id=player_id)
        case ev.ClientSeedSet(player_id, client_seed):
            return _with(table, player_id, client_seed=client_seed)
        case ev.ProfileUpdated(player_id, profile):
            return _with(table, player_id, **_profile(profile))
        case ev.GameStarted():
            return replace(table, phase=Phase.PLAYING)
        case ev.InvalidAction():
            return _misplayed(table, event)
        case ev.GamePaused():
            return replace(table, paused=True)
        case ev.GameResumed():
            return replace(table, paused=False)
        case ev.GameCompleted(final_scores, winners, session_seed):
            return replace(
                table,
                phase=Phase.COMPLETED,
                final_scores=final_scores,
                winners=winners,
                session_seed=session_seed,
            )
        case ev.GameAborted():
            return replace(table, phase=Phase.ABORTED)
        case _:
            assert_never(event)


def view_table(table: Table, viewer: Viewer) -> Data:
    """The table's part of the view: everything but the client seeds of others and, until the end, the seed."""
    me = table.players.get(viewer) if viewer is not None else None
    return {
        "game_id": table.game_id,
        "game": table.game,
        "phase": table.phase.value,
        "host_player_id": table.host_player_id,
        "players": view_players(table),
        "you": {
            "player_id": viewer,
            "seat": me.seat if me is not None else None,
            "role": "player" if me is not None and me.seat is not None else "spectator",
        },
        "config": config_data(table.config),
        "is_public": table.is_public,
        "ready_override": table.ready_override,
        "paused": table.paused,
        "seed_commitment": table.seed_commitment,
        "session_seed": table.session_seed,
        "final_scores": None if table.final_scores is None else dict(table.final_scores),
        "winners": list(table.winners),
    }


def profile_of(player: Player) -> ev.Profile:
    """A member's name and looks."""
    return {"display_name": player.display_name, "avatar_seed": player.avatar_seed, "color": player.color}


def view_players(table: Table) -> list[Data]:
    """The seated players, in seat order, as everybody may see them."""
    return [_player_view(p) for p in table.seated()]


def config_data(config: Config) -> Data:
    """Every setting by its name."""
    return {name: getattr(config, name) for name in config.__struct_fields__}


def config_of(kind: type[Config], data: Data) -> Config:
    """The config that an event holds. Settings that this build doesn't know are ignored, missing ones have defaults."""
    known = kind.__struct_fields__
    return kind(**{key: value for key, value in data.items() if key in known})


def _player_view(p: Player) -> Data:
    return {
        "player_id": p.player_id,
        "seat": p.seat,
        "display_name": p.display_name,
        "avatar_seed": p.avatar_seed,
        "color": p.color,
        "is_bot": p.is_bot,
        "status": p.status._value_,  # what `value` gives, without its detour: a bot's move asks for ten of them
        "ready": p.ready or p.is_bot,
    }


def _profile(profile: ev.Profile) -> dict[str, str]:
    return {key: profile[key] for key in ("display_name", "avatar_seed", "color") if key in profile}


def _with(table: Table, player_id: PlayerId, **changes: object) -> Table:
    """The table with one player changed; a player who is not a member changes nothing."""
    player = table.players.get(player_id)
    if player is None:
        return table
    return replace(table, players={**table.players, player_id: replace(player, **changes)})  # type: ignore[arg-type]  # field names are checked by the callers' tests


def _joined(table: Table, event: ev.PlayerJoined) -> Table:
    before = table.players.get(event.player_id)
    player = Player(
        event.player_id,
        event.seat,
        display_name=event.profile["display_name"],
        avatar_seed=event.profile["avatar_seed"],
        color=event.profile["color"],
        is_bot=event.is_bot,
        strategy=event.strategy,
        ready=event.is_bot,
        misplays=before.misplays if before else 0,
        forgeries=before.forgeries if before else 0,
    )
    return _with_host(replace(table, players={**table.players, event.player_id: player}))


def _changed(table: Table, event: ev.SettingsChanged) -> Table:
    return replace(
        table,
        config=config_of(type(table.config), event.config),
        is_public=table.is_public if event.is_public is None else event.is_public,
        players={key: replace(player, ready=player.ready and player.is_bot) for key, player in table.players.items()},
    )


def _gone(table: Table, player_id: PlayerId, *, kicked: bool = False) -> Table:
    """In the lobby the seat becomes free; in a running game it stays assigned, so that past scores keep their place."""
    player = table.players.get(player_id)
    if player is None:
        return table
    seat = None if table.phase == Phase.LOBBY else player.seat
    gone = replace(player, seat=seat, status=Status.LEFT, ready=False, kicked=kicked or player.kicked)
    return _with_host(replace(table, players={**table.players, player_id: gone}))


def _with_host(table: Table) -> Table:
    """When the host is gone, the seated human with the lowest seat takes over."""
    host = table.players.get(table.host_player_id)
    if host is None or host.status != Status.LEFT:
        return table
    heir = next((p for p in table.seated() if not p.is_bot and p.status != Status.LEFT), None)
    return table if heir is None else replace(table, host_player_id=heir.player_id)


def _misplayed(table: Table, event: ev.InvalidAction) -> Table:
    player = table.players.get(event.player_id)
    if player is None:
        return table
    return _with(
        table,
        event.player_id,
        misplays=player.misplays + 1,
        forgeries=player.forgeries + event.forged,
    )
