"""Decide: from a command or a deadline to events. Changes nothing.

A move is one event; what follows from it by itself, until the rules wait for somebody, comes with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.games.eldorado import events as ev
from server.games.eldorado.bidding import forced_bid, legal_bids, refuse_bid
from server.games.eldorado.cards import DECKS, SUIT_OF
from server.games.eldorado.commands import Bid, PlayCard
from server.games.eldorado.config import Config
from server.games.eldorado.dealing import FIRST_HAND, cards_per_player, deal, dealer_of, shuffled_deck
from server.games.eldorado.evolve import heard
from server.games.eldorado.scoring import round_deltas, winners
from server.games.eldorado.state import Play, Round, Stage, after, turn
from server.games.eldorado.tricks import forced_card, legal_cards, refuse_card, winning_play
from server.games.rules import Command, Context, Deadline, Event, PlayerId, Refusal, State
from server.games.table import PRESENT, Phase, Status, Table
from server.games.table_events import GameCompleted, PlayerMarkedAbsent

_PLAYERS_MIN = 2
_BIDS = tuple(Bid(bid) for bid in range(FIRST_HAND + 1))
_PLAYS = {card: PlayCard(card) for card in DECKS[2]}
_STAGE_OF: Mapping[type[Command], Stage] = {Bid: Stage.BIDDING, PlayCard: Stage.PLAYING}


def decide(state: State[Play], actor: PlayerId, command: Command, ctx: Context) -> tuple[Event, ...] | Refusal:
    """The events of a player's move, or the rule that forbids it."""
    table, play = state.table, state.play
    assert play is not None  # rooms ask only once the game has started; so do the other three
    if actor not in play.players:
        return Refusal("not_seated", "only those who were seated at the start play")
    round_ = play.round
    if round_ is None or round_.stage is not _STAGE_OF[type(command)]:
        return Refusal("invalid_phase", f"{command.name} is not possible now")
    if turn(round_) != actor:
        return Refusal("not_your_turn", "it is not your turn", misplay=True, forged=True)
    if isinstance(command, Bid):
        refusal = refuse_bid(round_, actor, command.value, _config(table).hook)
        return refusal or _bid_made(round_, ev.PlayerBid(actor, command.value))
    assert isinstance(command, PlayCard)  # a game is given its own commands only
    refusal = refuse_card(command.card, round_.hands[actor], *_card_rules(round_))
    return refusal or _card_played(table, play, round_, ev.CardPlayed(actor, command.card), ctx)


def actions(state: State[Play], player_id: PlayerId) -> tuple[Command, ...]:
    """Every legal command of the player; empty when it is not their turn."""
    table, play = state.table, state.play
    assert play is not None
    round_ = play.round
    if table.phase is not Phase.PLAYING or round_ is None or turn(round_) != player_id:
        return ()
    if round_.stage is Stage.BIDDING:
        return tuple([_BIDS[bid] for bid in legal_bids(round_, player_id, _config(table).hook)])
    return tuple([_PLAYS[card] for card in legal_cards(round_.hands[player_id], *_card_rules(round_))])


def deadline(state: State[Play]) -> Deadline | None:
    """A deal, a pause or a player's move. The game does not wait for absent players."""
    table, play = state.table, state.play
    assert play is not None
    round_ = play.round
    if table.phase is not Phase.PLAYING:
        return None
    if round_ is None:
        return Deadline(("deal", 0), (), 0)
    index = round_.deal.round_index
    player = turn(round_)
    if player is None:
        assert round_.stage is Stage.SCORING  # between transactions a running round waits for somebody
        return Deadline(("deal", index + 1), (), _config(table).round_pause_ms)
    trick = round_.trick
    key = ("bid", index, len(round_.bids)) if trick is None else ("play", index, trick.index, len(trick.plays))
    mover = table.players[player]
    if mover.seat is None or mover.status not in PRESENT:
        return Deadline(key, (player,), 0)
    return Deadline(key, (player,), table.config.turn_seconds * 1_000 or None)


def expire(state: State[Play], ctx: Context) -> tuple[Event, ...]:
    """The next round, or the forced move of the player whose turn it is."""
    table, play = state.table, state.play
    assert play is not None
    round_ = play.round
    player = turn(round_)
    if round_ is None or player is None:
        present = _present(table, play)
        if len(present) < _PLAYERS_MIN:
            return (_game_completed(play.players, play.scores, ctx),)
        return _deal_round(table, play, present, ctx)
    if round_.stage is Stage.BIDDING:
        bid = forced_bid(round_, player, _config(table).hook)
        return _bid_made(round_, ev.PlayerBid(player, bid, forced=True))
    led, trump, _ = _card_rules(round_)
    card = forced_card(round_.hands[player], led, trump)
    return _card_played(table, play, round_, ev.CardPlayed(player, card, forced=True), ctx)


def _bid_made(round_: Round, bid: ev.PlayerBid) -> tuple[Event, ...]:
    """A bid; the last one opens the first trick."""
    if len(round_.bids) + 1 < len(round_.deal.players):
        return (bid,)
    return bid, ev.BiddingComplete(), ev.TrickStarted(0, round_.deal.starter)


def _card_played(table: Table, play: Play, round_: Round, played: ev.CardPlayed, ctx: Context) -> tuple[Event, ...]:
    """A card with all that follows from it, as far as the end of the game.

    The first trump played breaks it: who plays one before was void in the led suit or led from nothing but trump.
    """
    deal, trick = round_.deal, round_.trick
    assert trick is not None  # cards are played in a trick
    assert deal.trump is not None  # trump is turned up before anybody moves
    broken = not round_.trump_broken and SUIT_OF[played.card] == deal.trump
    events: tuple[Event, ...] = (played, ev.TrumpBroken()) if broken else (played,)
    plays = (*trick.plays, (played.player_id, played.card))
    if len(plays) < len(deal.players):
        return events
    winner, card = winning_play(plays, deal.trump)
    events += (ev.TrickCompleted(trick.index, winner, card),)
    if trick.index + 1 < deal.cards_per_player:
        return (*events, ev.TrickStarted(trick.index + 1, winner))
    won = {**round_.tricks_won, winner: round_.tricks_won[winner] + 1}
    return events + _round_end(table, play, round_, won, heard(round_.unheard, played), ctx)


def _round_end(
    table: Table, play: Play, round_: Round, won: dict[PlayerId, int], unheard: tuple[PlayerId, ...], ctx: Context
) -> tuple[Event, ...]:
    """Stop waiting for players who were away for the whole round (`unheard`); end the game after the last round."""
    index, players = round_.deal.round_index, play.players
    deltas = round_deltas(players, round_.bids, won)
    scores = {p: play.scores[p] + deltas[p] for p in players}
    marked = tuple(PlayerMarkedAbsent(p) for p in unheard if table.players[p].status is Status.DISCONNECTED)
    events = (ev.RoundScored(index, deltas, scores), *marked)
    if index + 1 < _config(table).rounds and len(_present(table, play)) - len(marked) >= _PLAYERS_MIN:
        return events
    return (*events, _game_completed(players, scores, ctx))


def _present(table: Table, play: Play) -> tuple[PlayerId, ...]:
    return tuple(p.player_id for p in table.present() if p.player_id in play.players)


def _deal_round(table: Table, play: Play, players: tuple[PlayerId, ...], ctx: Context) -> tuple[Event, ...]:
    index = 0 if play.round is None else play.round.deal.round_index + 1
    dealer = dealer_of(players, index)
    deck = shuffled_deck(ctx.session_seed, table.shuffle_id, index, play.client_seeds, len(players))
    dealt = deal(deck, players, dealer, cards_per_player(index))
    return (
        ev.RoundStarted(index, cards_per_player(index), dealer, after(players, dealer)),
        ev.CardsDealt(dealt.hands, dealt.undealt_hash),
        ev.TrumpRevealed(dealt.trump_card),
    )


def _game_completed(players: tuple[PlayerId, ...], scores: Mapping[PlayerId, int], ctx: Context) -> GameCompleted:
    return GameCompleted(dict(scores), winners(scores, players), ctx.session_seed)


def _config(table: Table) -> Config:
    assert isinstance(table.config, Config)  # a room is created with its game's own settings
    return table.config


def _card_rules(round_: Round) -> tuple[str | None, str, bool]:
    """The suit led, the trump suit and whether it is broken: what the legality of a card depends on."""
    trump = round_.deal.trump
    assert trump is not None  # trump is turned up before anybody moves
    trick = round_.trick
    led = SUIT_OF[trick.plays[0][1]] if trick is not None and trick.plays else None
    return led, trump, round_.trump_broken
