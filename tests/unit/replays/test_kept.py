"""Values that take long to compute."""

from __future__ import annotations

import asyncio

import pytest

from server.replays.kept import Kept


async def test_a_value_is_computed_once_however_many_ask_and_whoever_goes_away() -> None:
    kept: Kept[int] = Kept(2)
    computed = 0
    go = asyncio.Event()

    async def compute() -> int:
        nonlocal computed
        computed += 1
        await go.wait()
        return 7

    asking = [asyncio.create_task(kept.get("a", compute)) for _ in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()
    go.set()
    assert await asyncio.gather(*asking[1:]) == [7] * 4
    assert await kept.get("a", compute) == 7
    assert computed == 1


async def test_the_value_that_nobody_asked_for_longest_is_forgotten() -> None:
    kept: Kept[str] = Kept(2)
    computed: list[str] = []

    async def get(key: str) -> str:
        async def compute() -> str:
            computed.append(key)
            return key

        return await kept.get(key, compute)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert await get(key) == key
    assert computed == ["a", "b", "c", "b"]
    assert len(kept) == 2


async def test_a_failure_is_not_kept() -> None:
    kept: Kept[int] = Kept(2)

    async def fail() -> int:
        raise RuntimeError("no log")

    async def succeed() -> int:
        return 1

    with pytest.raises(RuntimeError):
        await kept.get("a", fail)
    assert await kept.get("a", succeed) == 1
