"""The view of the game for a client: an allow-list, built key by key."""

from __future__ import annotations

from server.games.eldorado.state import Play, Round, Stage, Trick, turn
from server.games.rules import Data, State, Viewer


def view(state: State[Play], viewer: Viewer) -> Data:
    """The game's keys of the room's view. The viewer's own hand is the only one in it."""
    play = state.play
    seated = viewer is not None and viewer in state.table.players and state.table.players[viewer].seat is not None
    round_ = play.round if play is not None else None
    hands = round_.hands if round_ is not None else {}
    mover = None if state.table.is_over else turn(round_)
    return {
        "hand": list(hands.get(viewer, ())) if seated and viewer is not None else None,
        "hand_counts": {player: len(hand) for player, hand in hands.items()},
        "scores": dict(play.scores) if play is not None else {},
        "rounds": list(play.past) if play is not None else [],
        "round": _round(round_) if round_ is not None else None,
        "turn": {"player_id": mover, "deadline_at": None} if mover is not None else None,
    }


def memory(play: Play) -> Data:
    """`tricks`: the completed tricks of the round, each as its plays. Everybody has seen them."""
    tricks = play.round.tricks if play.round is not None else ()
    return {"tricks": [_trick(trick)["plays"] for trick in tricks]}


def phase(state: State[Play]) -> str:
    """The first deal counts as bidding: it happens in the moment the game starts."""
    if state.play is None or state.play.round is None:
        return Stage.BIDDING.value
    return state.play.round.stage.value


def _round(round_: Round) -> Data:
    deal = round_.deal
    return {
        "round_index": deal.round_index,
        "cards_per_player": deal.cards_per_player,
        "dealer_player_id": deal.dealer,
        "starting_player_id": deal.starter,
        "trump_card": deal.trump_card,
        "trump_suit": deal.trump,
        "trump_broken": round_.trump_broken,
        "bids": dict(round_.bids),
        "tricks_won": dict(round_.tricks_won),
        "trick": _trick(round_.trick) if round_.trick is not None else None,
        "last_trick": _completed_trick(round_.last_trick) if round_.last_trick is not None else None,
    }


def _trick(trick: Trick) -> Data:
    return {
        "trick_index": trick.index,
        "leader_player_id": trick.leader,
        "led_suit": trick.led_suit,
        "plays": [{"player_id": player, "card": card} for player, card in trick.plays],
    }


def _completed_trick(trick: Trick) -> Data:
    return {**_trick(trick), "winning_player_id": trick.winner, "winning_card": trick.winning_card}
