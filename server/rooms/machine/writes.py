"""Writes that belong to events: a game's status, settings and seats, its summary and statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from persistence.play.games import RoomChanged, SeatsChanged, StatusChanged
from persistence.play.players import ProfileChanged
from persistence.play.statistics import Completion, PlayerResult
from persistence.play.tickets import SeatsGivenUp
from persistence.write import Write
from server.games import table_events as ev
from server.games.rules import Event, Game, State

_SEAT_EVENTS = (ev.PlayerJoined, ev.PlayerLeft, ev.PlayerKicked, ev.BotRemoved, ev.PlayerBecameSpectator)
WITH_WRITES = frozenset(
    (*_SEAT_EVENTS, ev.SettingsChanged, ev.GameStarted, ev.GameCompleted, ev.GameAborted, ev.ProfileUpdated)
)


def writes_for(
    game: Game[Any], game_id: str, state: State[Any], events: Sequence[Event], at_ms: int
) -> tuple[Write, ...]:
    """The writes that go into the transaction of `events`; `state` is the one after them."""
    writes: list[Write] = []
    if any(isinstance(event, _SEAT_EVENTS) for event in events):
        writes.append(SeatsChanged(game_id, len(state.table.seated())))
    for event in events:
        match event:
            case ev.PlayerLeft(player_id) | ev.PlayerKicked(player_id) | ev.PlayerBecameSpectator(player_id):
                writes.append(SeatsGivenUp(game_id, player_id, "cancelled"))
            case ev.SettingsChanged(config, is_public):
                writes.append(RoomChanged(game_id, config, config["max_players"], is_public))
            case ev.GameStarted():
                writes.append(StatusChanged(game_id, "in_progress", at_ms))
            case ev.GameAborted():
                writes += StatusChanged(game_id, "aborted", at_ms), SeatsGivenUp(game_id, None, "expired")
            case ev.ProfileUpdated(player_id, profile):
                writes.append(ProfileChanged(player_id, **profile))
            case ev.GameCompleted():
                writes.append(completion(game, state, at_ms))
            case _:
                pass
    return tuple(writes)


def completion(game: Game[Any], state: State[Any], at_ms: int) -> Completion:
    """Summary and statistics of a completed game; the same from the live state and from a fold of the log."""
    summary = game.summary(state)
    results = [PlayerResult(**asdict(result)) for result in summary.results]
    counted = state.table.forked_from is None  # a fork starts with open cards: it is practice
    return Completion(state.table.game_id, at_ms, results, summary.rounds, counted)
