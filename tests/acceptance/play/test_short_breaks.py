"""A connection that is gone for a moment is nobody's business; one that stays away is told to the others."""

from __future__ import annotations

import pytest

from tests.support.guests import Guests


@pytest.mark.parametrize("game", ["relay", "eldorado"])
async def test_a_short_break_is_not_announced_and_a_long_one_is(guests: Guests, game: str) -> None:
    (host, hasty, slow), room = await guests.table(3, game=game)
    watcher = await guests.new()
    for person in (host, hasty, slow, watcher):
        await person.connect(room["ws_url"])
    seated = len(host.events)

    # The first to go is missed first: once the last one is missed, the others would have been as well.
    for person in (watcher, hasty, slow):
        await person.disconnect()
    await hasty.connect(room["ws_url"])
    gone = await host.event("player_disconnected")
    assert gone["data"] == {"player_id": slow.id}
    await slow.connect(room["ws_url"])
    back = await host.event("player_reconnected")
    assert back["data"] == {"player_id": slow.id}

    await watcher.connect(room["ws_url"])
    for person in (host, hasty, slow, watcher):
        await person.send({"type": "ping", "nonce": "at the end"})
        await person.wait_for(lambda frame: frame["type"] == "pong")
        assert [event["index"] for event in person.events] == list(range(len(person.events)))
        assert person.events[seated:] == [gone, back]
