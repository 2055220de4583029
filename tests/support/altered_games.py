"""Finished games, fair and altered ones, to be verified."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from persistence.ids import new_game_id
from server.games import chance
from server.games import table_events as ev
from server.games.codec import to_data
from server.games.eldorado import Config
from server.games.eldorado.dealing import deal, shuffled_deck
from server.games.rules import Event
from server.games.table import config_data
from tests.support.interruptions import away, script
from tests.support.whole_games import play_game, player_id, session_seed

Log = list[dict[str, Any]]
"""Events as the HTTP side shows them: maps with `name` and `data`."""

FAIR, UNFAIR, OPEN = "fair", "unfair", "can't be verified yet"
SEEDS = ["lucky 7", "", 'say "hi"\\', "żółw ✓ 🂡"]
SEED = "altered"


@dataclass(frozen=True)
class Case:
    """`alter` changes the log in place; `verdict`: what everybody who verifies the game must say."""

    about: str
    verdict: str
    alter: Callable[[Log, str], None] = lambda log, game_id: None
    game: Callable[[str], list[Event]] = lambda game_id: (
        play_game(4, SEED, Config(rounds=3), client_seeds=SEEDS, game_id=game_id).events
    )

    def log(self, game_id: str) -> Log:
        events = [{"name": event.name, "data": copy.deepcopy(to_data(event))} for event in self.game(game_id)]
        log: Log = json.loads(json.dumps(events))
        self.alter(log, game_id)
        return log


def played(players: int, config: Config | None = None, **more: Any) -> Callable[[str], list[Event]]:
    return lambda game_id: play_game(players, SEED, config or Config(rounds=2), game_id=game_id, **more).events


def came_back() -> list[Event]:
    """Seat 1 leaves the lobby and sits down again: the client seed is gone."""
    profile = {"display_name": "Again", "avatar_seed": "a", "color": "#112233"}
    return [ev.PlayerLeft(player_id(1)), ev.PlayerJoined(player_id(1), 1, profile, is_bot=True, strategy="steady")]


def data(log: Log, name: str, nth: int = 0) -> dict[str, Any]:
    """The data of the nth event of this name."""
    found: dict[str, Any] = [event["data"] for event in log if event["name"] == name][nth]
    return found


def put(name: str, nth: int = 0, **values: Any) -> Callable[[Log, str], None]:
    """Other values in the nth event of this name."""
    return lambda log, game_id: data(log, name, nth).update(values)


def swap(values: Any, one: Any, two: Any) -> None:
    values[one], values[two] = values[two], values[one]


def hands(log: Log, nth: int = 0) -> dict[str, list[str]]:
    found: dict[str, list[str]] = data(log, "cards_dealt", nth)["hands"]
    return found


def one_card(log: Log, game_id: str) -> None:
    one, two = hands(log)[player_id(0)], hands(log)[player_id(1)]
    one[3], two[3] = two[3], one[3]


def deck_of_another_round(log: Log, game_id: str) -> None:
    """Round 1 is dealt, by the rules, from the deck of round 2."""
    players = tuple(player_id(seat) for seat in range(4))
    deck = shuffled_deck(session_seed(SEED), game_id, 2, tuple(enumerate(SEEDS)), 4)
    dealt = deal(deck, players, players[1], 9)
    data(log, "cards_dealt", 1).update(hands=dealt.hands, undealt_hash=dealt.undealt_hash)
    data(log, "trump_revealed", 1).update(card=dealt.trump_card)


def seats_exchanged(log: Log, game_id: str) -> None:
    one, two = data(log, "player_joined", 0), data(log, "player_joined", 2)
    one["seat"], two["seat"] = two["seat"], one["seat"]
    seats = data(log, "game_started")["seats"]
    seats[0][1], seats[2][1] = seats[2][1], seats[0][1]


def forked(log: Log, game_id: str) -> None:
    """As if the game had been forked from one with the id that it was played under."""
    origin = data(log, "game_created")["game_id"]
    place = {"game_id": origin, "index": 20, "shuffle_game_id": origin}
    data(log, "game_created").update(game_id=game_id, forked_from=place)


def wrongly_forked(log: Log, game_id: str) -> None:
    forked(log, game_id)
    data(log, "game_created")["forked_from"]["shuffle_game_id"] = game_id


def seed_of_another_game(log: Log, game_id: str) -> None:
    """Seed and commitment fit each other, but belong to another game."""
    seed = session_seed("another")
    data(log, "game_created").update(seed_commitment=chance.commitment(new_game_id(), seed))
    data(log, "game_completed").update(session_seed=seed)


def another_seed_committed_to(log: Log, game_id: str) -> None:
    """Seed and commitment fit each other and the game, but the cards were dealt from another seed."""
    seed = session_seed("another")
    data(log, "game_created").update(seed_commitment=chance.commitment(game_id, seed))
    data(log, "game_completed").update(session_seed=seed)


def without_round(log: Log, game_id: str) -> None:
    starts = [index for index, event in enumerate(log) if event["name"] == "round_started"]
    del log[starts[1] : starts[2]]


def cut(log: Log, game_id: str) -> None:
    del log[len(log) // 2 :]


CASES = [
    Case("as it was played", FAIR),
    Case("two players without client seeds", FAIR, game=played(2)),
    Case("six players, two decks", FAIR, game=played(6, client_seeds=["x"])),
    Case("somebody leaves", FAIR, game=played(4, interrupt=script({30: [ev.PlayerLeft(player_id(0))]}))),
    Case("somebody is away", FAIR, game=played(4, Config(rounds=4), interrupt=away(1, 66, 180))),
    Case("a client seed that was given up", FAIR, game=played(3, client_seeds=SEEDS[:2], late=came_back())),
    Case(
        "settings that were changed",
        FAIR,
        game=played(2, Config(rounds=9), late=[ev.SettingsChanged(config_data(Config(rounds=2)), is_public=False)]),
    ),
    Case("a fork", FAIR, forked, game=lambda game_id: played(3)(new_game_id())),
    Case("a fork of another game than it says", UNFAIR, wrongly_forked, game=lambda game_id: played(3)(new_game_id())),
    Case("seed changed", UNFAIR, put("game_completed", session_seed=session_seed("another"))),
    Case("seed in capitals", UNFAIR, put("game_completed", session_seed=session_seed(SEED).upper())),
    Case("seed that is none", UNFAIR, put("game_completed", session_seed="none")),
    Case("commitment changed", UNFAIR, put("game_created", seed_commitment="00" * 32)),
    Case("commitment and seed changed", UNFAIR, another_seed_committed_to),
    Case("commitment and seed of another game", UNFAIR, seed_of_another_game),
    Case("one client seed changed", UNFAIR, put("client_seed_set", 2, client_seed="say 'hi'")),
    Case("one client seed of another player", UNFAIR, put("client_seed_set", 0, player_id=player_id(1))),
    Case("one card of a deal swapped", UNFAIR, one_card),
    Case("two cards of a hand swapped", UNFAIR, lambda log, game_id: swap(hands(log)[player_id(0)], 0, 1)),
    Case("two hands exchanged", UNFAIR, lambda log, game_id: swap(hands(log, 1), player_id(0), player_id(2))),
    Case("the deals of two rounds exchanged", UNFAIR, lambda log, game_id: swap(log, *deals(log))),
    Case("deck of another round", UNFAIR, deck_of_another_round),
    Case("another trump card", UNFAIR, put("trump_revealed", 2, card="d0:clubs:2")),
    Case("other cards left over", UNFAIR, put("cards_dealt", 1, undealt_hash="00" * 32)),
    Case("another dealer", UNFAIR, put("round_started", 1, dealer_player_id=player_id(0))),
    Case("another first bidder", UNFAIR, put("round_started", 1, starting_player_id=player_id(0))),
    Case("seat order changed", UNFAIR, lambda log, game_id: data(log, "game_started")["seats"].reverse()),
    Case("players on other seats", UNFAIR, seats_exchanged),
    Case("a round left out", UNFAIR, without_round),
    Case("the log of another game", UNFAIR, put("game_created", game_id="01932f00-0000-7000-8000-00000000aaaa")),
    Case("reveal missing", UNFAIR, put("game_completed", session_seed="")),
    Case("game not finished", OPEN, cut),
]


def deals(log: Log) -> tuple[int, int]:
    first, second, *_ = [index for index, event in enumerate(log) if event["name"] == "cards_dealt"]
    return first, second


def store(dsn: str, case: Case) -> str:
    """Write the game into a database, as only its owner can; gives its id."""
    game_id = new_game_id()
    log = case.log(game_id)
    completed = case.verdict != OPEN
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")  # past the triggers: it has no summary
        connection.execute(
            "insert into play.games (id, game, rules_version, config, session_seed, status, last_event_index,"
            " completed_at) values (%s, 'eldorado', 1, '{}', %s, %s, %s, case when %s then now() end)",
            (game_id, session_seed(SEED), "completed" if completed else "in_progress", len(log) - 1, completed),
        )
        connection.execute(
            "insert into play.room_directory (game_id, join_code, is_public, max_players, current_players, closed_at)"
            " values (%s, %s, true, 10, 4, now())",
            (game_id, game_id[-6:].upper()),
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into play.game_events (game_id, event_index, type, payload, created_at)"
                " values (%s, %s, %s, %s, now())",
                [(game_id, index, event["name"], json.dumps(event["data"])) for index, event in enumerate(log)],
            )
    return game_id
