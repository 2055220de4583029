"""Objects of frozen classes that are made quickly are the same as those that are made by their class."""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any, ClassVar

import pytest

from server.games.eldorado.state import Deal, Round, Trick
from server.games.frozen import maker
from server.games.rules import Event


@dataclass(frozen=True, slots=True)
class Moved(Event):
    name: ClassVar[str] = "moved"
    player_id: str
    places: tuple[int, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)


make = maker(Moved)


def test_it_is_what_the_class_makes() -> None:
    quick, plain = make("a", (1, 2), {"k": 1}), Moved("a", (1, 2), {"k": 1})
    assert type(quick) is Moved
    assert quick == plain
    assert repr(quick) == repr(plain)
    assert maker(Trick)(0, "a", (), None, None) == Trick(0, "a")
    assert hash(maker(Trick)(0, "a", (), None, None)) == hash(Trick(0, "a"))


def test_it_is_frozen() -> None:
    quick = make("a", (), {})
    for change in (lambda: setattr(quick, "player_id", "b"), lambda: delattr(quick, "player_id")):
        with pytest.raises(FrozenInstanceError):
            change()
    with pytest.raises((AttributeError, TypeError)):
        quick.other = 1  # type: ignore[attr-defined]  # that is the point
    assert quick == Moved("a")


def test_it_can_be_copied_as_any_other() -> None:
    round_ = Round(Deal(0, 10, "a", "b"), bids={"a": 1})
    quick = maker(Round)(*(getattr(round_, name) for name in Round.__slots__))
    assert replace(quick, trump_broken=True) == replace(round_, trump_broken=True)
    for other in (copy(quick), deepcopy(quick)):
        assert type(other) is Round
        assert other == round_


def test_every_field_must_be_given() -> None:
    with pytest.raises(TypeError, match="notes"):
        make("a", ())
