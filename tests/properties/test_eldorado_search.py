"""The search of the level `strong`: its copy of the rules is the game's, its deals are what a seat can know."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.games import match
from server.games.chance import Stream
from server.games.eldorado import GAME, Config
from server.games.eldorado.cards import SUIT_OF
from server.games.eldorado.playout import Spot, legal, play_out
from server.games.eldorado.state import Stage, turn
from server.games.eldorado.worlds import Dice, Known, Worlds, known
from server.games.rules import Command, Data, PlayerId, State, ThinkingBot
from tests.properties.test_eldorado_secrecy import with_other_cards
from tests.support.interruptions import restless
from tests.support.whole_games import context, next_chunk, play_game, player_id

ANY_SIZE = given(players=st.integers(2, 10), seed=st.integers(0, 10**6))
bounded = settings(max_examples=15, derandomize=True, deadline=None)


def view_of(state: State[Any], player: PlayerId) -> Data:
    """What a bot that thinks gets."""
    return {**match.view(GAME, state, player), **GAME.memory(state, player)}


def moments(players: int, seed: int, chance: float = 1.0, **how: Any) -> Iterator[tuple[State[Any], PlayerId]]:
    """States of a random game in which somebody is to move."""
    found: list[tuple[State[Any], PlayerId]] = []
    dice = random.Random(seed)

    def watch(state: State[Any], mover: PlayerId, offered: tuple[Command, ...]) -> None:
        if dice.random() < chance:
            found.append((state, mover))

    play_game(players, seed, Config(rounds=2, hook=seed % 3 == 0), how.pop("level", "random"), watch=watch, **how)
    return iter(found)


def true_hands(state: State[Any], seat: Known) -> list[int]:
    bit = seat.spot.pack.bit
    return [sum(bit[card] for card in state.play.round.hands[player]) for player in seat.players]


def search(state: State[Any], player: PlayerId, iterations: int, seed: int = 1) -> tuple[Command, int]:
    """What the bot chooses, and how often it asked for more time."""
    bot, asked = GAME.bot("strong"), count(1)
    assert isinstance(bot, ThinkingBot)
    draw = Stream(seed.to_bytes(32, "big")).draw
    command = bot.search(view_of(state, player), GAME.actions(state, player), draw, lambda: next(asked) <= iterations)
    return command, next(asked) - 1


@bounded
@ANY_SIZE
def test_playouts_equal_the_game_with_steady_bots(players: int, seed: int) -> None:
    """From any moment of a round with open cards: the same tricks for everybody."""
    for state, mover in moments(players, seed, 0.1):
        round_ = state.play.round
        if round_.stage is not Stage.PLAYING:
            continue
        seat = known(view_of(state, mover))
        lacking = [round_.bids[player] - round_.tricks_won[player] for player in seat.players]
        hands = true_hands(state, seat)
        play_out(seat.spot, hands, lacking)
        index, after = round_.deal.round_index, state
        while len(after.play.past) == index:
            for event in next_chunk(after, context(seed), 0, ["steady"] * players):
                after = match.evolve(GAME, after, event)
        won = after.play.past[index]["tricks_won"]
        assert lacking == [round_.bids[player] - won[player] for player in seat.players]
        assert not any(hands)


@bounded
@ANY_SIZE
def test_the_search_allows_the_cards_of_the_rules(players: int, seed: int) -> None:
    for state, mover in moments(players, seed):
        round_ = state.play.round
        if round_.stage is Stage.PLAYING:
            seat = known(view_of(state, mover))
            may = legal(seat.hand, seat.spot.led, seat.spot.trump, seat.spot.broken)
            assert may == sum(seat.spot.pack.bit[action.card] for action in GAME.actions(state, mover))


@bounded
@ANY_SIZE
def test_possible_deals_include_the_true_one(players: int, seed: int) -> None:
    """Also when people come and go and moves are forced."""
    for state, mover in moments(players, seed, interrupt=restless(seed, 40)):
        seat = known(view_of(state, mover))
        hands, unseen = true_hands(state, seat), sum(seat.unseen)
        assert hands[seat.me] == seat.hand
        for number, hand in enumerate(hands):
            assert hand.bit_count() == seat.held[number]
            assert number == seat.me or hand & unseen == hand
            assert not hand & seat.banned[number]


@bounded
@ANY_SIZE
def test_a_player_who_is_known_to_lack_a_suit_is_dealt_none(players: int, seed: int) -> None:
    """Of a suit that the player did not follow; and of any but trump, if the player led trump before it was broken."""
    for state, mover in moments(players, seed, 0.2):
        round_, seat = state.play.round, known(view_of(state, mover))
        suits, trump = seat.spot.pack.suits, round_.deal.trump
        plays = [trick.plays for trick in (*round_.tricks, round_.trick) if trick is not None]
        broken, none = False, [set[str]() for _ in seat.players]
        for trick in plays:
            for player, card in trick:
                led, suit = SUIT_OF[trick[0][1]], SUIT_OF[card]
                if suit != led:
                    none[seat.players.index(player)].add(led)
                elif suit == trump and card == trick[0][1] and not broken:
                    none[seat.players.index(player)] |= set(suits) - {trump}
                broken = broken or suit == trump
        assert seat.banned == tuple(sum(suits[suit] for suit in missing) for missing in none)


@bounded
@ANY_SIZE
def test_deals_agree_with_all_that_is_known(players: int, seed: int) -> None:
    for state, mover in moments(players, seed, 0.1, level="steady"):
        seat = known(view_of(state, mover))
        worlds = Worlds(seat, Dice(seed))
        for _ in range(5):
            worlds.advance()
            hands = worlds.hands
            assert sum(hands) == sum(seat.unseen) + seat.hand, "every card is somewhere, once"
            assert hands[seat.me] == seat.hand
            assert [hand.bit_count() for hand in hands[:-1]] == list(seat.held)
            assert not any(hand & banned for hand, banned in zip(hands, seat.banned, strict=False))
            for number, worth in enumerate(worlds.worth[:-1]):
                whole = hands[number] | seat.shown[number]
                assert abs(worth - sum(w for card, w in seat.worths.items() if card & whole)) < 1e-6


def test_the_true_deal_is_sampled() -> None:
    """Where few deals are possible, all that are possible are seen: among them the one that is."""
    looked = 0
    for seed in range(6):
        for state, mover in moments(4 + seed % 2, seed, level="steady"):
            seat = known(view_of(state, mover))
            if state.play.round.stage is Stage.PLAYING and 2 <= sum(seat.held) - seat.held[seat.me] <= 4:
                worlds, truth = Worlds(seat, Dice(seed)), true_hands(state, seat)
                seen = False
                for _ in range(20_000):
                    worlds.advance()
                    seen = seen or worlds.hands[:-1] == truth
                    if seen:
                        break
                assert seen
                looked += 1
    assert looked > 10


@settings(max_examples=10, derandomize=True, deadline=None)
@ANY_SIZE
def test_two_states_that_look_the_same_get_the_same_move(players: int, seed: int) -> None:
    """Cards that the seat does not see change nothing."""
    dice = random.Random(seed)
    for state, mover in moments(players, seed, 0.05):
        other = with_other_cards(state, mover, dice)
        assert view_of(other, mover) == view_of(state, mover)
        assert search(other, mover, 6) == search(state, mover, 6)


@settings(max_examples=5, derandomize=True, deadline=None)
@ANY_SIZE
def test_a_search_can_be_repeated_and_gives_a_legal_move(players: int, seed: int) -> None:
    for state, mover in moments(players, seed, 0.05, interrupt=restless(seed, 40)):
        found = search(state, mover, 8, seed)
        assert found == search(state, mover, 8, seed)
        assert found[0] in GAME.actions(state, mover)
        assert turn(state.play.round) == mover


def test_without_time_it_plays_as_steady_does() -> None:
    for state, mover in moments(4, 3):
        steady = GAME.bot("steady").choose(view_of(state, mover), GAME.actions(state, mover), Stream(b"").draw)
        command, asked = search(state, mover, 0)
        assert asked <= 1
        if asked:
            assert command == steady


def test_it_stops_when_time_can_change_nothing() -> None:
    """One legal move needs no thought; and of a few cards one is soon clearly the best, or they all do the same."""
    early = 0
    for state, mover in moments(3, 6, level="steady"):
        if len(state.play.round.hands[mover]) <= 4:
            _, iterations = search(state, mover, 400)
            if len(GAME.actions(state, mover)) == 1:
                assert iterations == 0
            else:
                early += iterations < 400
    assert early > 5


def test_a_bid_is_searched_from_the_beginning_of_the_round() -> None:
    state, mover = next(moments(5, 1))
    spot: Spot = known(view_of(state, mover)).spot
    deal = state.play.round.deal
    assert (spot.tricks, len(spot.to_play), spot.led, spot.broken) == (10, 5, 0, False)
    assert player_id(spot.winner) == deal.starter
