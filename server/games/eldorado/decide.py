"""What would happen: from a command or a deadline to events. Nothing happens here.

A move is one event; what follows from it is found by asking, again and again, what the rules say next
(`consequence`), until they wait for somebody.
"""

from __future__ import annotations

from typing import assert_never

from server.games.eldorado import events as ev
from server.games.eldorado.bidding import forced_bid, legal_bids, refuse_bid
from server.games.eldorado.cards import DECKS, SUIT_OF
from server.games.eldorado.commands import Bid, EldoradoCommand, PlayCard
from server.games.eldorado.config import Config
from server.games.eldorado.dealing import FIRST_HAND, cards_per_player, deal, dealer_of, shuffled_deck
from server.games.eldorado.evolve import evolve
from server.games.eldorado.scoring import round_deltas, winners
from server.games.eldorado.state import Play, Round, Stage, Trick, after, turn
from server.games.eldorado.tricks import forced_card, legal_cards, refuse_card, winning_play
from server.games.rules import Context, Deadline, Event, PlayerId, Refusal
from server.games.table import Status, Table
from server.games.table_events import GameCompleted, PlayerMarkedAbsent

_PLAYERS_MIN = 2
_BIDS = tuple(Bid(bid) for bid in range(FIRST_HAND + 1))
_PLAYS = {card: PlayCard(card) for card in DECKS[2]}
_STAGE_OF = {Bid: Stage.BIDDING, PlayCard: Stage.PLAYING}


def decide(
    table: Table, play: Play, actor: PlayerId, command: EldoradoCommand, ctx: Context
) -> tuple[Event, ...] | Refusal:
    """The events of a player's move, or the rule that forbids it."""
    if actor not in play.players:
        return Refusal("not_seated", "only those who were seated at the start play")
    round_ = play.round
    if round_ is None or round_.stage is not _STAGE_OF[type(command)]:
        return Refusal("invalid_phase", f"{command.name} is not possible now")
    if turn(round_) != actor:
        return Refusal("not_your_turn", "it is not your turn", misplay=True, forged=True)
    match command:
        case Bid(value):
            refusal = refuse_bid(round_, actor, value, _config(table).hook)
            return refusal or _resolved(table, play, ev.PlayerBid(actor, value), ctx)
        case PlayCard(card):
            refusal = refuse_card(card, round_.hands[actor], *_card_rules(round_))
            return refusal or _resolved(table, play, ev.CardPlayed(actor, card), ctx)
        case _:
            assert_never(command)


def actions(table: Table, play: Play, player: PlayerId) -> tuple[EldoradoCommand, ...]:
    """Every legal command of the player; empty when it is not his turn."""
    round_ = play.round
    if table.is_over or round_ is None or turn(round_) != player:
        return ()
    if round_.stage is Stage.BIDDING:
        return tuple([_BIDS[bid] for bid in legal_bids(round_, player, _config(table).hook)])
    return tuple([_PLAYS[card] for card in legal_cards(round_.hands[player], *_card_rules(round_))])


def deadline(table: Table, play: Play) -> Deadline | None:
    """A deal, a pause or somebody's move. A player who is not there is not waited for."""
    round_ = play.round
    if table.is_over:
        return None
    if round_ is None:
        return Deadline(("deal", 0), (), 0)
    index = round_.deal.round_index
    if round_.stage is Stage.SCORING:
        return Deadline(("deal", index + 1), (), _config(table).round_pause_ms)
    player = turn(round_)
    assert player is not None  # between transactions a running round waits for somebody
    trick = round_.trick
    key = ("bid", index, len(round_.bids)) if trick is None else ("play", index, trick.index, len(trick.plays))
    if not table.players[player].is_present:
        return Deadline(key, (player,), 0)
    return Deadline(key, (player,), table.config.turn_seconds * 1_000 or None)


def expire(table: Table, play: Play, ctx: Context) -> tuple[Event, ...]:
    """The next round, or the forced move of the player whose turn it is."""
    round_ = play.round
    player = turn(round_)
    if round_ is None or player is None:
        present = _present(table, play)
        if len(present) < _PLAYERS_MIN:
            return (_game_completed(play, ctx),)
        return _deal_round(table, play, present, ctx)
    if round_.stage is Stage.BIDDING:
        bid = forced_bid(round_, player, _config(table).hook)
        return _resolved(table, play, ev.PlayerBid(player, bid, forced=True), ctx)
    led, trump, _ = _card_rules(round_)
    card = forced_card(round_.hands[player], led, trump)
    return _resolved(table, play, ev.CardPlayed(player, card, forced=True), ctx)


def consequence(play: Play) -> ev.EldoradoEvent | None:
    """What the rules say happens next by itself; None: they wait for a move, a deal or the end of the game."""
    round_ = play.round
    if round_ is None or round_.stage is Stage.SCORING:
        return None
    if round_.stage is Stage.BIDDING:
        return ev.BiddingComplete() if len(round_.bids) == len(round_.deal.players) else None
    if round_.trick is None:
        return _after_trick(play, round_)
    return _after_card(round_, round_.trick)


def _after_card(round_: Round, trick: Trick) -> ev.EldoradoEvent | None:
    """The first trump played breaks it: who plays one before was void in the led suit or led from nothing but trump."""
    _, trump, trump_broken = _card_rules(round_)
    plays = trick.plays
    if plays and not trump_broken and SUIT_OF[plays[-1][1]] == trump:
        return ev.TrumpBroken()
    if len(plays) == len(round_.deal.players):
        return ev.TrickCompleted(trick.index, *winning_play(plays, trump))
    return None


def _after_trick(play: Play, round_: Round) -> ev.EldoradoEvent:
    last = round_.last_trick
    if last is None:
        return ev.TrickStarted(0, round_.deal.starter)
    if last.index + 1 < round_.deal.cards_per_player:
        assert last.winner is not None  # the last trick is a completed one
        return ev.TrickStarted(last.index + 1, last.winner)
    deltas = round_deltas(play.players, round_.bids, round_.tricks_won)
    return ev.RoundScored(round_.deal.round_index, deltas, {p: play.scores[p] + deltas[p] for p in play.players})


def _resolved(table: Table, play: Play, move: ev.EldoradoEvent, ctx: Context) -> tuple[Event, ...]:
    """A move with all that follows from it, as far as the end of the game."""
    events: list[Event] = []
    following: ev.EldoradoEvent | None = move
    while following is not None:
        events.append(following)
        play = evolve(table, play, following)
        following = consequence(play)
    round_ = play.round
    if round_ is not None and round_.stage is Stage.SCORING:
        events += _round_end(table, play, round_, ctx)
    return tuple(events)


def _round_end(table: Table, play: Play, round_: Round, ctx: Context) -> list[Event]:
    """Who was away for the whole round is not waited for any more; and the game may be over."""
    marked = [p for p in round_.unheard if table.players[p].status is Status.DISCONNECTED]
    events: list[Event] = [PlayerMarkedAbsent(p) for p in marked]
    left = len(_present(table, play)) - len(marked)
    if round_.deal.round_index + 1 >= _config(table).rounds or left < _PLAYERS_MIN:
        events.append(_game_completed(play, ctx))
    return events


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


def _game_completed(play: Play, ctx: Context) -> GameCompleted:
    return GameCompleted(dict(play.scores), winners(play.scores, play.players), ctx.session_seed)


def _config(table: Table) -> Config:
    assert isinstance(table.config, Config)  # a room is created with its game's own settings
    return table.config


def _card_rules(round_: Round) -> tuple[str | None, str, bool]:
    """The suit led, the trump suit and whether it is broken: what the legality of a card depends on."""
    trump = round_.deal.trump
    assert trump is not None  # trump is turned up before anybody moves
    return round_.trick.led_suit if round_.trick else None, trump, round_.trump_broken
