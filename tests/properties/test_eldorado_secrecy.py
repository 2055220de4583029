"""Hidden stays hidden: what a client gets does not depend on what it may not know."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.games import match
from server.games.eldorado import GAME, Config
from server.games.eldorado.cards import DECKS
from server.games.eldorado.dealing import decks_for
from server.games.eldorado.events import CardsDealt
from server.games.rules import Command, PlayerId, State
from tests.support.whole_games import play_game, player_id


def shown(state: State[Any], viewer: PlayerId | None) -> str:
    view = match.view(GAME, state, viewer)
    actions = [repr(action) for action in GAME.actions(state, viewer)] if viewer else []
    return json.dumps([view, actions])


def with_other_cards(state: State[Any], viewer: PlayerId | None, dice: random.Random) -> State[Any]:
    """The same game as far as `viewer` can tell: all hidden cards are dealt anew, the undealt deck included."""
    round_ = state.play.round
    tricks = [trick for trick in (round_.trick, round_.last_trick) if trick is not None]
    seen = {card for trick in tricks for _, card in trick.plays}
    seen |= {round_.deal.trump_card, *round_.hands.get(viewer, ())}
    unseen = [card for card in DECKS[decks_for(len(round_.deal.players))] if card not in seen]
    dice.shuffle(unseen)
    hands = {p: h if p == viewer else tuple(unseen.pop() for _ in h) for p, h in round_.hands.items()}
    return replace(state, play=replace(state.play, round=replace(round_, hands=hands)))


@settings(max_examples=30, derandomize=True, deadline=None)
@given(players=st.integers(2, 10), seed=st.integers(0, 10**6))
def test_a_view_does_not_change_with_the_cards_it_must_not_show(players: int, seed: int) -> None:
    dice = random.Random(seed)
    viewers: list[PlayerId | None] = [None, "nobody", *(player_id(seat) for seat in range(players))]

    def watch(state: State[Any], mover: PlayerId, offered: tuple[Command, ...]) -> None:
        if dice.randrange(4):
            return
        viewer = dice.choice(viewers)
        other = with_other_cards(state, viewer, dice)
        hands = state.play.round.hands
        assert len(hands) < 2 or other.play.round.hands != hands or sum(map(len, hands.values())) < 4
        assert shown(other, viewer) == shown(state, viewer)

    play_game(players, seed, Config(rounds=2), "random", watch=watch)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(players=st.integers(2, 10), seed=st.integers(0, 10**6))
def test_a_deal_shows_nothing_but_the_own_hand_and_counts(players: int, seed: int) -> None:
    played = play_game(players, seed, Config(rounds=1), "random")
    dice = random.Random(seed)
    dealt = next(event for event in played.events if isinstance(event, CardsDealt))
    for viewer in (None, "nobody", *dealt.hands):
        unseen = [card for p, hand in dealt.hands.items() if p != viewer for card in hand]
        dice.shuffle(unseen)
        other = CardsDealt(
            {p: h if p == viewer else tuple(unseen.pop() for _ in h) for p, h in dealt.hands.items()}, "another hash"
        )
        assert json.dumps(GAME.redact(dealt, viewer)) == json.dumps(GAME.redact(other, viewer))


def test_no_public_event_gives_a_card_away_before_it_is_played() -> None:
    """Everything that reaches a spectator up to some moment, as text, holds no card that is still in a hand."""
    for seed in range(6):
        played = play_game(2 + seed, seed, Config(rounds=1), "random")
        deal = next(event for event in played.events if isinstance(event, CardsDealt))
        in_hand = {card for hand in deal.hands.values() for card in hand}
        for event in played.events:
            if event.name == "game_completed":
                break
            sent = repr(match.redact(GAME, event, None)) if event.private else repr(event)
            if event.name == "card_played":
                in_hand.discard(event.card)  # type: ignore[attr-defined]
            assert not any(f"'{card}'" in sent for card in in_hand)
            assert deal.undealt_hash not in sent
