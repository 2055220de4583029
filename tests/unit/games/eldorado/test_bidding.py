from __future__ import annotations

from typing import Any

import pytest

from server.games.eldorado.bidding import forced_bid, legal_bids, refuse_bid
from server.games.eldorado.state import Deal, Round

DEAL = Deal(7, 3, dealer="a", starter="b", players=("a", "b", "c"), trump_card="d0:clubs:2", trump="clubs")


@pytest.mark.parametrize("bid", [-1, 4, True, 1.0, "1", None])
def test_a_bid_is_a_whole_number_of_tricks(bid: Any) -> None:
    refusal = refuse_bid(Round(DEAL), "b", bid, hook=False)
    assert refusal is not None
    assert (refusal.code, refusal.misplay, refusal.forged) == ("invalid_bid", True, False)
    assert "0 to 3" in refusal.message


def test_without_the_hook_everything_is_allowed() -> None:
    round_ = Round(DEAL, bids={"b": 1, "c": 1})
    assert legal_bids(round_, "a", hook=False) == (0, 1, 2, 3)
    assert refuse_bid(round_, "a", 1, hook=False) is None


def test_the_hook_binds_the_dealer_alone() -> None:
    round_ = Round(DEAL, bids={"b": 1, "c": 1})
    assert legal_bids(round_, "a", hook=True) == (0, 2, 3)
    assert legal_bids(Round(DEAL, bids={"b": 3}), "c", hook=True) == (0, 1, 2, 3)
    refusal = refuse_bid(round_, "a", 1, hook=True)
    assert refusal is not None
    assert (refusal.code, refusal.misplay) == ("invalid_bid", True)
    assert refuse_bid(round_, "a", 2, hook=True) is None


def test_the_hook_forbids_nothing_when_the_others_bid_too_much() -> None:
    assert legal_bids(Round(DEAL, bids={"b": 3, "c": 3}), "a", hook=True) == (0, 1, 2, 3)


def test_the_forced_bid_is_nothing_unless_the_hook_forbids_it() -> None:
    assert forced_bid(Round(DEAL, bids={"b": 1, "c": 2}), "a", hook=False) == 0
    assert forced_bid(Round(DEAL, bids={"b": 1, "c": 2}), "a", hook=True) == 1
