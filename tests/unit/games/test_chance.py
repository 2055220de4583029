"""shuffle-v1 against a second implementation, written differently, and against the published vectors."""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.games import chance
from server.games.eldorado.cards import DECKS

VECTORS = Path(__file__).parents[2] / "corpus" / "shuffle-v1.json"
FIXED_KEY = bytes(range(32))


def second_words(key: bytes) -> Iterator[int]:
    counter = 0
    while True:
        mac = hmac.new(key, digestmod=hashlib.sha256)
        mac.update(struct.pack(">Q", counter))
        yield from struct.unpack(">8I", mac.digest())
        counter += 1


def second_shuffle(seed: str, game_id: str, round_index: int, seeds: list[list[Any]], items: list[str]) -> list[str]:
    """Written from the description in docs/fairness.md alone; no code shared with the server."""
    inner = ",".join(f"[{seat},{json.dumps(text, ensure_ascii=False)}]" for seat, text in seeds)
    message = f'["{game_id}",{round_index},[{inner}]]'
    words = second_words(hmac.new(bytearray.fromhex(seed), message.encode("utf-8"), hashlib.sha256).digest())
    deck = items.copy()
    size = len(deck)
    while size > 1:
        usable = (1 << 32) // size * size
        word = next(w for w in words if w < usable)
        size, chosen = size - 1, word % size
        deck[size], deck[chosen] = deck[chosen], deck[size]
    return deck


def vectors() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["vectors"]
    return loaded


@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v["about"])
def test_published_vectors(vector: dict[str, Any]) -> None:
    seeds = [(seat, text) for seat, text in vector["client_seeds"]]
    key = chance.round_key(vector["session_seed"], vector["game_id"], vector["round_index"], seeds)
    deck = list(chance.shuffle(DECKS[vector["decks"]], chance.Stream(key)))
    assert chance.commitment(vector["game_id"], vector["session_seed"]) == vector["seed_commitment"]
    assert key.hex() == vector["round_key"]
    assert deck == vector["deck"]
    assert deck == second_shuffle(
        vector["session_seed"],
        vector["game_id"],
        vector["round_index"],
        vector["client_seeds"],
        list(DECKS[vector["decks"]]),
    )


def test_both_implementations_agree_on_many_shuffles() -> None:
    for n in range(200):
        seed = hashlib.sha256(b"%d" % n).hexdigest()
        seeds: list[list[Any]] = [[0, f"gracz {n} ✓"], [3, '"\\\n'], [7, ""]][: n % 4]
        items = [str(i) for i in range(n % 105)]
        key = chance.round_key(seed, f"game-{n}", n % 10, [(seat, text) for seat, text in seeds])
        shuffled = list(chance.shuffle(items, chance.Stream(key)))
        assert shuffled == second_shuffle(seed, f"game-{n}", n % 10, seeds, items)
        assert sorted(shuffled) == sorted(items)


def test_the_stream_is_the_blocks_read_as_words() -> None:
    stream = chance.Stream(FIXED_KEY)
    words = second_words(FIXED_KEY)
    assert [stream.draw(2**32) for _ in range(50)] == [next(words) for _ in range(50)]


def test_words_that_would_favour_low_numbers_are_thrown_away() -> None:
    """With k just above half of the range almost every second word is rejected."""
    k = 2**31 + 1
    words = second_words(FIXED_KEY)
    expected = [w for w in (next(words) for _ in range(200)) if w < k]
    stream = chance.Stream(FIXED_KEY)
    assert len(expected) < 150
    assert [stream.draw(k) for _ in expected] == expected


@pytest.mark.parametrize("k", [0, -1, 2**32 + 1])
def test_a_draw_needs_something_to_draw_from(k: int) -> None:
    with pytest.raises(ValueError, match="can't draw"):
        chance.Stream(FIXED_KEY).draw(k)


def test_a_draw_of_one_is_zero() -> None:
    assert chance.Stream(FIXED_KEY).draw(1) == 0


def test_every_part_of_the_message_changes_the_key() -> None:
    seed, other = "00" * 32, "11" * 32
    keys = {
        chance.round_key(seed, "g", 0, [(0, "a"), (1, "")]),
        chance.round_key(other, "g", 0, [(0, "a"), (1, "")]),
        chance.round_key(seed, "h", 0, [(0, "a"), (1, "")]),
        chance.round_key(seed, "g", 1, [(0, "a"), (1, "")]),
        chance.round_key(seed, "g", 0, [(0, ""), (1, "a")]),
        chance.round_key(seed, "g", 0, [(0, "a")]),
    }
    assert len(keys) == 6


def test_a_bot_draws_from_its_own_stream() -> None:
    seed = "00" * 32
    streams = [
        chance.bot_stream(seed, "g", 0, 17),
        chance.bot_stream(seed, "g", 1, 17),
        chance.bot_stream(seed, "g", 0, 18),
        chance.bot_stream(seed, "h", 0, 17),
        chance.Stream(chance.round_key(seed, "g", 0, [])),
    ]
    assert len({tuple(stream.draw(2**32) for _ in range(4)) for stream in streams}) == len(streams)
    again = chance.bot_stream(seed, "g", 0, 17)
    same = chance.bot_stream(seed, "g", 0, 17)
    draw = chance.bot_draw(seed, "g", 0, 17)
    numbers = [again.draw(9) for _ in range(20)]
    assert numbers == [same.draw(9) for _ in range(20)] == [draw(9) for _ in range(20)]


def test_canonical_text_has_no_spaces_and_escapes_only_what_must_be() -> None:
    assert chance.canonical(["a", 1, [[0, 'é\n"\u2028']]]) == '["a",1,[[0,"é\\n\\"\u2028"]]]'


def test_draws_are_even() -> None:
    """Chi-square with 51 degrees of freedom: above 100 in fewer than one of ten thousand fair streams."""
    stream = chance.Stream(FIXED_KEY)
    draws = 52_000
    counts = Counter(stream.draw(52) for _ in range(draws))
    expected = draws / 52
    assert sum((counts[i] - expected) ** 2 / expected for i in range(52)) < 100


def test_every_card_comes_to_every_place_equally_often() -> None:
    """All orders of 4 things: 23 degrees of freedom; and the place of one card of 52: 51 degrees of freedom."""
    orders: Counter[tuple[int, ...]] = Counter()
    places: Counter[int] = Counter()
    rounds = 4_800
    for n in range(rounds):
        orders[chance.shuffle(range(4), chance.bot_stream("22" * 32, "even", n))] += 1
        if n < 2_600:
            places[chance.shuffle(range(52), chance.bot_stream("33" * 32, "even", n)).index(51)] += 1
    assert len(orders) == 24
    assert sum((count - rounds / 24) ** 2 / (rounds / 24) for count in orders.values()) < 60
    assert sum((places[i] - 50) ** 2 / 50 for i in range(52)) < 100


def test_the_documentation_shows_the_vectors() -> None:
    text = (VECTORS.parents[2] / "docs" / "fairness.md").read_text("utf-8")
    for vector in vectors():
        first_cards = " ".join(f"`{card}`" for card in vector["deck"][:6])
        for shown in (vector["about"], vector["round_key"], vector["seed_commitment"], first_cards):
            assert shown in text


def test_the_code_in_the_documentation_works() -> None:
    text = (VECTORS.parents[2] / "docs" / "fairness.md").read_text("utf-8")
    names: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], names)  # noqa: S102  # our own page
    for v in vectors():
        seeds, unshuffled = v["client_seeds"], DECKS[v["decks"]]
        assert names["deck_of"](v["session_seed"], v["game_id"], v["round_index"], seeds, unshuffled) == v["deck"]
