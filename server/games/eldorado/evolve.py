"""Evolve: the game after one of its events. Never judges, never refuses."""

from __future__ import annotations

from typing import assert_never, cast

from msgspec.structs import replace

from server.games.eldorado import events as ev
from server.games.eldorado.cards import SUIT_OF
from server.games.eldorado.state import Deal, Play, Round, Stage, Trick
from server.games.rules import Event, PlayerId, State
from server.games.table import Status, Table


def evolve(state: State[Play], event: Event) -> Play:  # noqa: C901  # one case an event: a table, not logic
    """The play after `event`. Total."""
    table, play, happened = state.table, state.play, cast(ev.EldoradoEvent, event)
    assert play is not None  # events of the game come only once it has started
    match happened:
        case ev.CardPlayed():
            return _with_round(play, _card_played(_round(play), happened))
        case ev.PlayerBid():
            return _with_round(play, _bid(_round(play), happened))
        case ev.TrickStarted():
            return _with_round(play, _trick_started(_round(play), happened))
        case ev.TrickCompleted():
            return _with_round(play, _trick_completed(_round(play), happened))
        case ev.TrumpBroken():
            return _with_round(play, replace(_round(play), trump_broken=True))
        case ev.RoundStarted():
            return _with_round(play, _round_started(table, play, happened))
        case ev.CardsDealt():
            return _with_round(play, _cards_dealt(play, happened))
        case ev.TrumpRevealed(card):
            round_ = _round(play)
            return _with_round(play, replace(round_, deal=replace(round_.deal, trump_card=card, trump=SUIT_OF[card])))
        case ev.BiddingComplete():
            return _with_round(play, replace(_round(play), stage=Stage.PLAYING))
        case ev.RoundScored():
            return _round_scored(play, happened)
        case _:
            assert_never(happened)


def _round(play: Play) -> Round:
    assert play.round is not None  # every event but round_started happens in a round
    return play.round


def _with_round(play: Play, round_: Round) -> Play:
    return Play(play.players, play.client_seeds, play.scores, play.past, round_)


def _round_started(table: Table, play: Play, event: ev.RoundStarted) -> Round:
    deal = Deal(event.round_index, event.cards_per_player, event.dealer_player_id, event.starting_player_id)
    gone = (p for p in play.players if table.players[p].status is Status.DISCONNECTED)
    return Round(deal, unheard=tuple(gone))


def _cards_dealt(play: Play, event: ev.CardsDealt) -> Round:
    """Maps come back from the log in any order: seat order is restored here."""
    round_ = _round(play)
    players = tuple(p for p in play.players if p in event.hands)
    return replace(
        round_,
        deal=replace(round_.deal, players=players),
        hands={p: tuple(event.hands[p]) for p in players},
        tricks_won=dict.fromkeys(players, 0),
    )


def _bid(round_: Round, event: ev.PlayerBid) -> Round:
    """This and the next three are written out in full: they happen hundreds of times a game, and `replace` is slow."""
    return Round(
        round_.deal,
        round_.stage,
        round_.hands,
        {**round_.bids, event.player_id: event.bid},
        round_.tricks_won,
        round_.trump_broken,
        round_.trick,
        round_.last_trick,
        heard(round_.unheard, event),
        round_.tricks,
    )


def _trick_started(round_: Round, event: ev.TrickStarted) -> Round:
    return Round(
        round_.deal,
        round_.stage,
        round_.hands,
        round_.bids,
        round_.tricks_won,
        round_.trump_broken,
        Trick(event.trick_index, event.leader_player_id, (), None, None),
        round_.last_trick,
        round_.unheard,
        round_.tricks,
    )


def _card_played(round_: Round, event: ev.CardPlayed) -> Round:
    player, played = event.player_id, event.card
    trick = round_.trick
    assert trick is not None  # cards are played in a trick
    return Round(
        round_.deal,
        round_.stage,
        {**round_.hands, player: tuple([card for card in round_.hands[player] if card != played])},
        round_.bids,
        round_.tricks_won,
        round_.trump_broken,
        Trick(trick.index, trick.leader, (*trick.plays, (player, played)), None, None),
        round_.last_trick,
        heard(round_.unheard, event),
        round_.tricks,
    )


def _trick_completed(round_: Round, event: ev.TrickCompleted) -> Round:
    winner = event.winning_player_id
    trick = round_.trick
    assert trick is not None  # a trick ends that was begun
    completed = Trick(trick.index, trick.leader, trick.plays, winner, event.winning_card)
    return Round(
        round_.deal,
        round_.stage,
        round_.hands,
        round_.bids,
        {**round_.tricks_won, winner: round_.tricks_won[winner] + 1},
        round_.trump_broken,
        None,
        completed,
        round_.unheard,
        (*round_.tricks, completed),
    )


def heard(unheard: tuple[PlayerId, ...], move: ev.PlayerBid | ev.CardPlayed) -> tuple[PlayerId, ...]:
    """The players who are still `unheard` after this move; a move that was not forced removes its player."""
    if move.forced or move.player_id not in unheard:
        return unheard
    return tuple(p for p in unheard if p != move.player_id)


def _round_scored(play: Play, event: ev.RoundScored) -> Play:
    round_ = _round(play)
    past = {
        "round_index": event.round_index,
        "bids": dict(round_.bids),
        "tricks_won": dict(round_.tricks_won),
        "deltas": {p: event.deltas[p] for p in play.players},
    }
    return replace(
        play,
        scores={p: event.cumulative_scores[p] for p in play.players},
        past=(*play.past, past),
        round=replace(round_, stage=Stage.SCORING),
    )
