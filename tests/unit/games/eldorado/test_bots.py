from __future__ import annotations

from typing import Any

import pytest

from server.games.eldorado import GAME, Bid, Config, PlayCard
from server.games.eldorado.bots import choose_card, hand_worth
from server.games.rules import Command
from tests.support.whole_games import play_game, player_id


def no_draw(k: int) -> int:
    raise AssertionError("this decision needs no chance")


def trick_view(plays: list[str], bid: int, won: int, players: int = 4) -> dict[str, Any]:
    return {
        "you": {"player_id": "me"},
        "hand_counts": dict.fromkeys(range(players), 3),
        "round": {
            "trump_suit": "spades",
            "bids": {"me": bid},
            "tricks_won": {"me": won},
            "trick": {"plays": [{"player_id": f"p{i}", "card": card} for i, card in enumerate(plays)]},
        },
    }


HAND = ("d0:clubs:3", "d0:clubs:J", "d0:clubs:A", "d0:clubs:8")


@pytest.mark.parametrize(
    ("plays", "bid", "won", "players", "card"),
    [
        ([], 1, 0, 4, "d0:clubs:A"),
        ([], 1, 1, 4, "d0:clubs:3"),
        (["d0:clubs:10"], 1, 0, 4, "d0:clubs:J"),
        (["d0:spades:2"], 1, 0, 4, "d0:clubs:3"),
        (["d0:clubs:10"], 1, 1, 4, "d0:clubs:8"),
        (["d0:spades:2"], 0, 0, 4, "d0:clubs:A"),
        (["d0:clubs:2"], 0, 0, 4, "d0:clubs:3"),
        (["d0:clubs:2"], 0, 0, 2, "d0:clubs:A"),
    ],
)
def test_steady_takes_cheaply_and_ducks_high(plays: list[str], bid: int, won: int, players: int, card: str) -> None:
    assert choose_card(trick_view(plays, bid, won, players), HAND) == card


def test_steady_bids_more_on_a_better_hand() -> None:
    good = ("d0:spades:A", "d0:spades:K", "d0:clubs:A")
    poor = ("d0:hearts:3", "d0:clubs:5", "d0:clubs:2")
    assert hand_worth(good, "spades", 4) > 2 > 0.5 > hand_worth(poor, "spades", 4)
    assert hand_worth(good, "spades", 3) > hand_worth(good, "spades", 5)


def test_steady_bids_the_nearest_number_that_is_allowed() -> None:
    view = {"hand": ["d0:spades:A"], "round": {"trump_suit": "spades"}, "hand_counts": {"a": 1, "b": 1}}
    bot = GAME.bot("steady")
    assert bot.choose(view, (Bid(0), Bid(1)), no_draw) == Bid(1)
    assert bot.choose(view, (Bid(0),), no_draw) == Bid(0)


def test_random_draws_among_all_actions() -> None:
    actions: tuple[Command, ...] = (PlayCard("a"), PlayCard("b"), PlayCard("c"))
    assert GAME.bot("random").choose({}, actions, lambda k: k - 1) == PlayCard("c")


def test_there_is_a_bot_of_every_level() -> None:
    assert [type(GAME.bot(level)).__name__ for level in GAME.bot_levels] == ["RandomBot", "SteadyBot", "StrongBot"]
    with pytest.raises(KeyError):
        GAME.bot("perfect")


def test_the_same_seed_gives_the_same_game() -> None:
    config = Config(rounds=2)
    assert play_game(4, 5, config, "random").events == play_game(4, 5, config, "random").events
    assert play_game(4, 5, config, "random").events != play_game(4, 6, config, "random").events


def test_steady_beats_random_clearly() -> None:
    """One steady bot against three random ones: chance would give it a quarter of the games."""
    won = 0
    for seed in range(40):
        levels = ["steady" if seat == seed % 4 else "random" for seat in range(4)]
        won += player_id(seed % 4) in play_game(4, f"contest {seed}", level=levels).state.table.winners
    assert won >= 30
