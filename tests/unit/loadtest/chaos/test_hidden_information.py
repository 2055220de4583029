"""Leaked cards are found, and cards that the viewer may know are accepted."""

from __future__ import annotations

from typing import Any

from loadtest.chaos.hidden_information import HiddenInformationCheck

ADA = "ada"
MINE, OTHER, TRUMP = "d0:hearts:K", "d0:spades:A", "d0:clubs:2"


def event(name: str, index: int = 5, **data: Any) -> dict[str, Any]:
    return {"type": "event", "index": index, "name": name, "at": 1, "data": data}


def dealt(*cards: str) -> dict[str, Any]:
    return event("cards_dealt", hands={ADA: list(cards)}, hand_counts={ADA: len(cards), "ben": len(cards)})


def view(index: int, hand: list[str], **more: Any) -> dict[str, Any]:
    known = {"phase": "playing", "hand": hand, "hand_counts": {ADA: 1, "ben": 1}, "session_seed": None, **more}
    return {"type": "state", "index": index, "view": known}


def playing() -> HiddenInformationCheck:
    """Ada has been dealt a card and has seen the trump."""
    hidden = HiddenInformationCheck(ADA)
    assert hidden.problem(dealt(MINE)) is None
    assert hidden.problem(event("trump_revealed", card=TRUMP)) is None
    return hidden


def test_own_and_played_cards_may_be_named() -> None:
    hidden = playing()
    turn = {"type": "turn", "index": 6, "actions": [{"name": "play_card", "args": {"card": MINE}}]}
    assert hidden.problem(turn) is None
    assert hidden.problem(event("card_played", player_id="ben", card=OTHER)) is None
    assert hidden.problem(event("trick_completed", winning_card=OTHER)) is None
    assert hidden.problem(view(5, [MINE], round={"trump_card": TRUMP})) is None


def test_a_card_of_another_hand_is_a_leak() -> None:
    assert "d0:spades:A" in (playing().problem(event("trick_started", hint=OTHER)) or "")
    turn = {"type": "turn", "index": 6, "actions": [{"name": "play_card", "args": {"card": OTHER}}]}
    assert playing().problem(turn)
    assert playing().problem({"type": "reject", "id": "c1", "code": "x", "message": f"not {OTHER}"})
    assert playing().problem({"type": "ack", "id": "c1", "first": 1, "last": 1, "note": {"deep": [OTHER]}})


def test_another_hand_in_the_deal_is_a_leak() -> None:
    frame = event("cards_dealt", hands={ADA: [MINE], "ben": [OTHER]})
    assert "ben" in (HiddenInformationCheck(ADA).problem(frame) or "")
    assert HiddenInformationCheck(None).problem(dealt(MINE))


def test_cards_of_the_previous_round_may_not_be_named() -> None:
    hidden = playing()
    assert hidden.problem(dealt(OTHER)) is None
    assert hidden.problem(event("trick_started", hint=MINE))


def test_the_seed_is_a_leak_before_the_end() -> None:
    assert playing().problem(view(5, [MINE], session_seed="abc"))
    assert playing().problem(event("trick_started", session_seed="abc"))


def test_after_the_end_everything_may_be_shown() -> None:
    hidden = playing()
    assert hidden.problem(event("game_completed", session_seed="abc", deck=[OTHER])) is None
    assert hidden.problem(event("later", card=OTHER)) is None
    late = HiddenInformationCheck(ADA)
    assert late.problem({"type": "state", "index": 9, "view": {"phase": "completed", "session_seed": "abc"}}) is None


def test_a_state_shows_no_more_than_the_events_before_it() -> None:
    assert playing().problem(view(5, [OTHER]))
    assert playing().problem(view(5, [MINE], scores={OTHER: 1}))


def test_a_state_in_place_of_events_may_show_hand_and_trick() -> None:
    hidden = playing()
    later = view(40, [MINE], round={"trump_card": TRUMP, "trick": {"plays": [{"card": OTHER}]}})
    assert hidden.problem(later) is None
    assert hidden.problem(event("trick_completed", 41, winning_card=OTHER)) is None
    assert playing().problem(view(40, [MINE, OTHER]))  # a hand of two where one is held
    assert playing().problem(view(40, [MINE], players=[OTHER]))
