"""What clients are told about arguments that don't fit: the words of the protocol, not those of a library."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from msgspec import Struct, ValidationError, convert

from server.games.registry import Registry
from server.games.rules import Refusal
from server.wire.config import decode_config
from server.wire.from_client import CommandDecoder
from server.wire.misfits import first_misfit


class Wish(Struct):
    number: int
    text: str | None = None
    flag: bool = False
    share: float = 0.0
    cells: list[int] = []
    words: dict[str, str] = {}
    suit: Literal["hearts", "spades"] = "hearts"
    anything: Any = None


@pytest.mark.parametrize(
    ("given", "where", "words"),
    [
        ({}, "number", "Field required"),
        ({"text": 1}, "number", "Field required"),
        ({"number": "1"}, "number", "Input should be a valid integer"),
        ({"number": 1.0}, "number", "Input should be a valid integer"),
        ({"number": True}, "number", "Input should be a valid integer"),
        ({"number": 1, "text": 5}, "text", "Input should be a valid string"),
        ({"number": 1, "flag": 0}, "flag", "Input should be a valid boolean"),
        ({"number": 1, "share": "half"}, "share", "Input should be a valid number"),
        ({"number": 1, "cells": {}}, "cells", "Input should be a valid list"),
        ({"number": 1, "cells": [1, "2"]}, "cells.1", "Input should be a valid integer"),
        ({"number": 1, "words": []}, "words", "Input should be a valid dictionary"),
        ({"number": 1, "words": {"a": None}}, "words.a", "Input should be a valid string"),
        ({"number": 1, "suit": "clubs"}, "suit", "Input should be 'hearts' or 'spades'"),
    ],
)
def test_the_first_misfit_is_named(given: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(ValidationError):
        convert(given, Wish)
    assert first_misfit(Wish, given) == (where, words)


def test_commands_and_settings_are_refused_in_these_words() -> None:
    eldorado = Registry.installed().game("eldorado")
    bid = CommandDecoder(eldorado).decode("bid", {"value": "3"})
    assert isinstance(bid, Refusal)
    assert bid.message == "bid: value: Input should be a valid integer"
    hook = decode_config(eldorado, {"hook": 1})
    assert isinstance(hook, Refusal)
    assert hook.message == "config.hook: Input should be a valid boolean"
