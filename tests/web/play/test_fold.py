"""The view that the browser keeps by applying events is the one the server would give."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.conftest import People

pytestmark = pytest.mark.browser

COMPARE = """async (gameId) => {
    const { Api } = await import('/net/api.js');
    const { fold } = await import('/games/eldorado/fold.js');
    const api = new Api();
    const me = api.identity.player_id;
    const stateAt = async (index) => (await api.call('GET', `/api/games/${gameId}/state?at=${index}&as=${me}`)).view;
    const log = [];
    for (let from = 0; from !== null && from !== undefined; ) {
        const page = await api.call('GET', `/api/games/${gameId}/events?from=${from}&as=${me}`);
        log.push(...page.items);
        from = page.next;
    }
    const sorted = (value) => Array.isArray(value) ? value.map(sorted)
        : value && typeof value === 'object'
            ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
            : value;
    // When a turn ends is not written in the log: only whose it is can be compared.
    const plain = (view) => sorted({ ...view, turn: view.turn?.player_id ?? null });
    const differing = (ours, theirs) => [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
        .map((key) => [key, JSON.stringify(ours[key]), JSON.stringify(theirs[key])])
        .filter(([, a, b]) => a !== b);
    const different = [];
    const seated = log.findIndex((event) => event.name === 'player_joined' && event.data.player_id === me);
    let view = await stateAt(seated);
    for (const event of log.slice(seated + 1)) {
        view = fold(view, event);
        if (view === null) return [`${event.name} is not understood`];
        for (const [key, ours, theirs] of differing(plain(view), plain(await stateAt(event.index)))) {
            different.push(`${event.index} ${event.name}: ${key} is ${ours}, not ${theirs}`);
        }
    }
    return different.slice(0, 5);
}"""


async def test_the_folded_view_is_the_servers_after_every_event(people: People) -> None:
    guest = await people.new()
    room = await guest.create_room(bots=2, rounds=2)
    while await guest.move_or_result():
        if await guest.bids.count() > 0:
            await guest.bids.nth(1).click()
            await expect(guest.bids).to_have_count(0)
        else:
            await guest.play_with_mouse()
    assert await guest.page.evaluate(COMPARE, room["game_id"]) == []
