"""The commands that every room has, and the rules of coming, going and getting started. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

from server.games import table_events as ev
from server.games.chat import CHAT_COMMANDS
from server.games.rules import Command, Event, Game, PlayerId, Refusal, State
from server.games.table import Phase, Player, Status, Table

DISPLAY_NAME_CHARACTERS_MAX = 24
AVATAR_SEED_CHARACTERS_MAX = 64
CLIENT_SEED_CHARACTERS_MAX = 64
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class SetReady(Command):
    name: ClassVar[str] = "set_ready"
    ready: bool


class SetReadyOverride(Command):
    name: ClassVar[str] = "set_ready_override"
    enabled: bool


class StartGame(Command):
    name: ClassVar[str] = "start_game"


class AddBot(Command):
    name: ClassVar[str] = "add_bot"
    count: int = 1
    level: str | None = None


class RemovePlayer(Command):
    name: ClassVar[str] = "remove_player"
    player_id: str


class ChangeSettings(Command):
    """What is not given stays as it is. Answered in the rooms, where settings are validated."""

    name: ClassVar[str] = "change_settings"
    config: dict[str, Any] | None = None
    is_public: bool | None = None


class MakeHost(Command):
    name: ClassVar[str] = "make_host"
    player_id: str


class SetClientSeed(Command):
    name: ClassVar[str] = "set_client_seed"
    client_seed: str


class UpdateProfile(Command):
    name: ClassVar[str] = "update_profile"
    display_name: str | None = None
    avatar_seed: str | None = None
    color: str | None = None


class RequestSeat(Command):
    name: ClassVar[str] = "request_seat"


class Leave(Command):
    name: ClassVar[str] = "leave"


class Rematch(Command):
    """Answered by the room itself: it opens another game."""

    name: ClassVar[str] = "rematch"


TABLE_COMMANDS: tuple[type[Command], ...] = (
    SetReady,
    SetReadyOverride,
    StartGame,
    AddBot,
    RemovePlayer,
    ChangeSettings,
    MakeHost,
    SetClientSeed,
    UpdateProfile,
    RequestSeat,
    Leave,
    Rematch,
    *CHAT_COMMANDS,
)
SPECTATOR_COMMANDS: tuple[type[Command], ...] = (RequestSeat, UpdateProfile)
Decision = tuple[Event, ...] | Refusal


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """The identity of the n-th bot (from 1) of a level: the same player in every room."""

    player_id: PlayerId
    profile: ev.Profile


def decide(  # noqa: C901  # one case a command: a table, not logic
    game: Game[Any],
    state: State[Any],
    actor: PlayerId,
    profile: ev.Profile,
    command: Command,
    bots: dict[tuple[str, int], BotIdentity],
) -> Decision:
    """What follows from a table command. `profile`: the actor's; `bots`: identities by (level, number)."""
    table = state.table
    if table.is_over:
        return Refusal("invalid_phase", "the game is over")
    match command:
        case SetReady(ready):
            return _lobby_seat(table, actor) or ((ev.PlayerReady if ready else ev.PlayerUnready)(actor),)
        case SetReadyOverride(enabled):
            return host_in_lobby(table, actor) or (ev.ReadyOverrideSet(enabled),)
        case StartGame():
            return host_in_lobby(table, actor) or start(table)
        case AddBot(count, level):
            return host_in_lobby(table, actor) or add_bots(game, table, count, level, bots)
        case RemovePlayer(player_id):
            return host_in_lobby(table, actor) or _remove(table, actor, player_id)
        case MakeHost(player_id):
            return _host(table, actor) or _make_host(table, player_id)
        case SetClientSeed(client_seed):
            return _lobby_seat(table, actor) or _client_seed(actor, client_seed)
        case UpdateProfile():
            return _update_profile(actor, profile, command)
        case RequestSeat():
            return _take_seat(game, table, actor, profile)
        case Leave():
            return (ev.PlayerLeft(actor),) if _member(table, actor) else _not_seated()
        case _:
            return Refusal("invalid_command", f"{command.name} is not a command of this room")


def join(game: Game[Any], state: State[Any], actor: PlayerId, profile: ev.Profile, *, spectator: bool) -> Decision:
    """The events of a player who takes a seat (or starts to watch). None: the player has a place already."""
    table = state.table
    member = table.players.get(actor)
    if member is not None and member.kicked:
        return Refusal("forbidden", "this player was removed from the room")
    if member is not None and member.seat is not None:
        return ()
    if spectator:
        return () if _member(table, actor) else (ev.PlayerJoined(actor, None, profile),)
    if table.is_over:
        return Refusal("already_started", "the game is over")
    return _take_seat(game, table, actor, profile)


def start(table: Table) -> Decision:
    """Begin, if there are enough players and all of them are ready."""
    seated = table.seated()
    if len(seated) < table.config.min_players:
        return Refusal("not_ready", f"{table.config.min_players} players are needed, {len(seated)} are seated")
    waiting = [p.display_name for p in seated if not p.ready and not p.is_bot]
    if waiting and not table.ready_override:
        return Refusal("not_ready", f"not ready: {', '.join(waiting)}")
    return (_started(table),)


def starts_by_itself(table: Table) -> bool:
    """Whether the room starts now by itself: rooms of bots only, and those with `autostart`."""
    if table.phase != Phase.LOBBY:
        return False
    seated = table.seated()
    enough = len(seated) >= max(table.config.min_players, 1)
    return enough and (table.config.autostart or all(p.is_bot for p in seated))


def start_by_itself(table: Table) -> tuple[Event, ...]:
    return (_started(table),)


def add_bots(
    game: Game[Any], table: Table, count: int, level: str | None, bots: dict[tuple[str, int], BotIdentity]
) -> Decision:
    """Seat `count` bots on the lowest free seats. The n-th bot of the room is "Bot n"."""
    chosen = level or ("steady" if "steady" in game.bot_levels else game.bot_levels[0] if game.bot_levels else "")
    if chosen not in game.bot_levels:
        known = ", ".join(game.bot_levels) or "none"
        return Refusal(
            "invalid_command", f"{game.name} has no bots of level {level!r} (levels: {known})", field="level"
        )
    taken = {p.seat for p in table.players.values()}
    free = [seat for seat in range(table.config.max_players) if seat not in taken]
    if count < 1:
        return Refusal("invalid_command", "count must be at least 1", field="count")
    if count > len(free):
        return Refusal("room_full", f"{len(free)} seats are free, {count} bots were asked for")
    used = {p.display_name for p in table.players.values() if p.is_bot and p.seat is not None}
    events: list[Event] = []
    number = 0
    for seat in free[:count]:
        number = next(n for n in range(number + 1, number + len(used) + 2) if f"Bot {n}" not in used)
        who = bots.get((chosen, number))
        if who is None:
            return Refusal("room_full", "there are no more bots")
        events.append(ev.PlayerJoined(who.player_id, seat, who.profile, is_bot=True, strategy=chosen))
    return tuple(events)


def profile_problem(
    display_name: str | None = None, avatar_seed: str | None = None, color: str | None = None
) -> Refusal | None:
    """The first of the given fields that is not allowed, or None."""
    if display_name is not None and not _text(display_name, DISPLAY_NAME_CHARACTERS_MAX):
        limit = f"1 to {DISPLAY_NAME_CHARACTERS_MAX} characters without control characters"
        return Refusal("invalid_profile", f"display_name must be {limit}", field="display_name")
    if avatar_seed is not None and not _text(avatar_seed, AVATAR_SEED_CHARACTERS_MAX):
        limit = f"1 to {AVATAR_SEED_CHARACTERS_MAX} characters without control characters"
        return Refusal("invalid_profile", f"avatar_seed must be {limit}", field="avatar_seed")
    if color is not None and not _COLOR.fullmatch(color):
        return Refusal("invalid_profile", "color must look like #5566ff", field="color")
    return None


def _text(value: str, characters_max: int) -> bool:
    return 1 <= len(value) <= characters_max and value.strip() != "" and not _has_controls(value)


def _has_controls(value: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cs") for c in value)


def _started(table: Table) -> ev.GameStarted:
    return ev.GameStarted(tuple((p.seat, p.player_id) for p in table.seated() if p.seat is not None))


def _member(table: Table, actor: PlayerId) -> Player | None:
    member = table.players.get(actor)
    return member if member is not None and member.status != Status.LEFT else None


def _not_seated() -> Refusal:
    return Refusal("not_seated", "only seated players can do that")


def _lobby_seat(table: Table, actor: PlayerId) -> Refusal | None:
    member = _member(table, actor)
    if member is None or member.seat is None:
        return _not_seated()
    return None if table.phase == Phase.LOBBY else Refusal("already_started", "the game has started")


def host_in_lobby(table: Table, actor: PlayerId) -> Refusal | None:
    """The refusal of a command that only the host may give before the game; None: the actor may."""
    refusal = _host(table, actor)
    return refusal if refusal or table.phase == Phase.LOBBY else Refusal("already_started", "the game has started")


def _host(table: Table, actor: PlayerId) -> Refusal | None:
    return None if actor == table.host_player_id else Refusal("not_host", "only the host can do that")


def _take_seat(game: Game[Any], table: Table, actor: PlayerId, profile: ev.Profile) -> Decision:
    member = _member(table, actor)
    if member is not None and member.seat is not None:
        return Refusal("invalid_command", "this player has a seat already")
    if table.phase != Phase.LOBBY and not game.open_table:
        return Refusal("already_started", "the game has started")
    seat = table.free_seat()
    if seat is None:
        return Refusal("room_full", f"all {table.config.max_players} seats are taken")
    return (ev.PlayerJoined(actor, seat, profile),)


def _remove(table: Table, actor: PlayerId, player_id: PlayerId) -> Decision:
    target = _member(table, player_id)
    if target is None or player_id == actor:
        return Refusal("invalid_command", "player_id must be another member of the room", field="player_id")
    return (ev.BotRemoved(player_id) if target.is_bot else ev.PlayerKicked(player_id, "removed_by_host"),)


def _make_host(table: Table, player_id: PlayerId) -> Decision:
    heir = _member(table, player_id)
    if heir is None or heir.seat is None or heir.is_bot or player_id == table.host_player_id:
        return Refusal("invalid_command", "player_id must be another seated player, not a bot", field="player_id")
    return (ev.HostChanged(player_id),)


def _client_seed(actor: PlayerId, client_seed: str) -> Decision:
    if len(client_seed) > CLIENT_SEED_CHARACTERS_MAX or _has_controls(client_seed):
        limit = f"at most {CLIENT_SEED_CHARACTERS_MAX} characters without control characters"
        return Refusal("invalid_command", f"client_seed must be {limit}", field="client_seed")
    return (ev.ClientSeedSet(actor, client_seed),)


def _update_profile(actor: PlayerId, profile: ev.Profile, command: UpdateProfile) -> Decision:
    given = {
        key: value for key in ("display_name", "avatar_seed", "color") if (value := getattr(command, key)) is not None
    }
    return profile_problem(**given) or (ev.ProfileUpdated(actor, {**profile, **given}),)
