"""Forking: another game that goes on from the middle of one that is over. Pure.

The log of the new game begins with the events of the old one, each with its time, under other names: the player
who asked for the fork may take one seat, bots hold the others. The cards stay those that the old seed gives, now and in
the rounds to come, so the whole can be verified like any other game; and because that seed is known, it counts nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from persistence.play.archive import ForkedGame
from persistence.play.games import NewGame
from server.games import fairness
from server.games import table_events as ev
from server.games.codec import VERSION_KEY, Codec, to_data
from server.games.replay import fold
from server.games.rules import Event, Game, PlayerId, Refusal, State
from server.games.table import Player, Status, config_data
from server.games.table_commands import BotIdentity
from server.rooms.machine.decisions import Bots
from server.rooms.machine.effects import Record
from server.rooms.machine.records import new_records, new_rows

_STRANGERS = UUID("0b6c9a54-3f0e-5c7e-9f0a-55b1a7c3d2e4")


@dataclass(frozen=True, slots=True)
class Taker:
    """The player who asked for the fork. `seat` None: the seat that they had, if they played; else they watch."""

    player_id: PlayerId
    profile: ev.Profile
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Fork:
    """`at`: the last event that is the old game's; `records` may go on from there. `seat`: the taker's."""

    at: int
    records: tuple[Record, ...]
    state: State[Any]
    session_seed: str
    seat: int | None


def fork(
    game: Game[Any],
    codec: Codec,
    records: Sequence[Record],
    game_id: str,
    at: int,
    taker: Taker | None,
    identities: Bots,
    now_ms: int,
) -> Fork | Refusal:
    """The game `game_id`, which goes on from `records`, the log of a completed game, after event `at` and all that
    followed from it at once. `taker` None: bots alone. The refusal names the field."""
    events = [record.event for record in records]
    created, completed = events[0], events[-1]
    if not isinstance(created, ev.GameCreated) or not isinstance(completed, ev.GameCompleted):
        return Refusal("invalid_phase", "only a completed game can be forked")
    started = next((index for index, event in enumerate(events) if isinstance(event, ev.GameStarted)), len(events))
    if not started <= at < len(events) - 1:
        reach = f"{started}, where the game starts, to {len(events) - 2}"
        return Refusal("invalid_request", f"at: a number from {reach}", field="at")
    end = fairness.end_of_step(game, events, at)
    if end is None:
        return Refusal("invalid_request", f"this game of {game.name} can't be forked: its rules can't be verified")
    state = fold(game, events[: end + 1])
    if state.table.is_over:
        return Refusal("invalid_request", f"at: what happens at event {at} ends the game", field="at")
    seated = _seat_of(state, taker)
    if isinstance(seated, Refusal):
        return seated
    cast = _cast(game, state, seated, taker, game_id, identities)
    if isinstance(cast, Refusal):
        return cast
    origin = {"game_id": created.game_id, "index": end, "shuffle_game_id": created.shuffle_id}
    first = replace(
        created,
        game_id=game_id,
        creator_player_id=cast.name(created.creator_player_id) if taker is None else taker.player_id,
        is_public=False,
        forked_from=origin,
    )
    copied = [first, *(cast.renamed(codec, event) for event in events[1 : end + 1])]
    made = [new for i, event in enumerate(copied) for new in new_records(i, records[i].at_ms, (event,))]
    made += new_records(end + 1, max(now_ms, records[end].at_ms), _arrivals(state, cast, seated, taker))
    after = fold(game, [record.event for record in made])
    return Fork(end, tuple(made), after, completed.session_seed, None if seated is None else seated.seat)


def write(made: Fork, join_code: str, now_ms: int) -> ForkedGame:
    """What writes the fork. Nobody owns it before somebody loads it."""
    table = made.state.table
    new = NewGame(
        game_id=table.game_id,
        game=table.game,
        rules_version=table.rules_version,
        config=config_data(table.config),
        session_seed=made.session_seed,
        owner="",
        join_code=join_code,
        is_public=False,
        max_players=table.config.max_players,
        current_players=len(table.seated()),
        at_ms=now_ms,
    )
    return ForkedGame(new=new, events=new_rows(made.records, None, None))


def _seat_of(state: State[Any], taker: Taker | None) -> Player | Refusal | None:
    """The player whose place the taker takes."""
    if taker is None:
        return None
    seats = {player.seat: player for player in state.table.seated()}
    if taker.seat is None:
        own = state.table.players.get(taker.player_id)
        return own if own is not None and own.seat is not None and own.status is not Status.LEFT else None
    player = seats.get(taker.seat)
    if player is None:
        return Refusal("invalid_request", f"seat: one of {sorted(map(str, seats))}".replace("'", ""), field="seat")
    if player.status is Status.LEFT:
        return Refusal("invalid_request", "seat: its player has left the game by then", field="seat")
    return player


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who plays whom. `bots`: the new identities, by the old ids; `levels`: likewise."""

    names: dict[PlayerId, PlayerId]
    bots: dict[PlayerId, BotIdentity]
    levels: dict[PlayerId, str]
    taken: PlayerId | None
    profile: ev.Profile

    def name(self, player_id: PlayerId) -> PlayerId:
        return self.names.get(player_id, player_id)

    def renamed(self, codec: Codec, event: Event) -> Event:
        """The event as it happens to the new people."""
        data = self._value(to_data(event))
        who = getattr(event, "player_id", None)
        if who == self.taken and who is not None and "profile" in data:
            data["profile"] = self.profile
        elif who in self.bots and "profile" in data:
            data["profile"] = self.bots[who].profile
        if isinstance(event, ev.PlayerJoined):
            level = None if who == self.taken else self.levels.get(event.player_id)
            data |= {"is_bot": level is not None, "strategy": level}
        if isinstance(event, ev.SettingsChanged) and event.is_public is not None:
            data["is_public"] = False
        return codec.from_data(event.name, {VERSION_KEY: event.version, **data})

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.name(value)
        if isinstance(value, dict):
            return {self.name(key): self._value(item) for key, item in value.items()}
        if isinstance(value, (tuple, list)):
            return [self._value(item) for item in value]
        return value


def _cast(
    game: Game[Any], state: State[Any], seated: Player | None, taker: Taker | None, game_id: str, identities: Bots
) -> _Cast | Refusal:
    """Bots keep their level; who was not seated goes by an id that nobody has."""
    default = "steady" if "steady" in game.bot_levels else next(iter(game.bot_levels), "")
    names: dict[PlayerId, PlayerId] = {}
    bots: dict[PlayerId, BotIdentity] = {}
    levels: dict[PlayerId, str] = {}
    numbers: dict[str, int] = {}
    for player in state.table.players.values():
        if seated is not None and player.player_id == seated.player_id and taker is not None:
            names[player.player_id] = taker.player_id
        elif player.seat is None:
            names[player.player_id] = str(uuid5(_STRANGERS, f"{game_id}:{player.player_id}"))
        else:
            level = player.strategy if player.strategy in game.bot_levels else default
            assert level is not None  # "" at least
            numbers[level] = numbers.get(level, 0) + 1
            bot = identities.get((level, numbers[level]))
            if bot is None:
                return Refusal("invalid_request", f"{game.name} has not enough bots for its seats")
            names[player.player_id], bots[player.player_id], levels[player.player_id] = bot.player_id, bot, level
    taken = None if seated is None else seated.player_id
    return _Cast(names, bots, levels, taken, {} if taker is None else taker.profile)


def _arrivals(state: State[Any], cast: _Cast, seated: Player | None, taker: Taker | None) -> tuple[Event, ...]:
    """Absent players count as present now; a taker without a seat comes to watch."""
    away = (Status.DISCONNECTED, Status.ABSENT)
    back: list[Event] = [
        ev.PlayerReconnected(cast.name(player.player_id)) for player in state.table.seated() if player.status in away
    ]
    if taker is not None and seated is None:
        back.append(ev.PlayerJoined(taker.player_id, None, taker.profile))
    return tuple(back)
