"""On a phone, upright or held across, everybody sits around the trick and nothing covers anything."""

from __future__ import annotations

from itertools import combinations
from math import hypot
from typing import Any

import pytest
from playwright.async_api import expect

from tests.web.conftest import People

pytestmark = pytest.mark.browser

# The table of `count` of the ten players who are there, as the page would draw it, and where everything is on it.
DRAW = """async ({ gameId, count, bidding }) => {
    const { Api } = await import('/net/api.js');
    const { patch } = await import('/kit/dom.js');
    const { loadTable } = await import('/games/clients.js');
    const { roomScreen } = await import('/play/parts/room-screen.js');
    const api = new Api();
    const me = api.identity.player_id;
    window.seen ??= (await api.call('GET', `/api/games/${gameId}/state?as=${me}`)).view;
    const { seen } = window;
    const mine = seen.players.findIndex((player) => player.player_id === me);
    const players = seen.players.map((_, i) => seen.players[(mine + i) % 10]).slice(0, count);
    const bids = Object.entries(seen.round.bids).filter(([id]) => !(bidding && id === me));
    // In the order of the seats, our own first.
    const playOf = ({ player_id }) => seen.round.last_trick.plays.find((play) => play.player_id === player_id);
    const plays = players.map(playOf);
    const last_trick = { ...seen.round.last_trick, plays, winning_player_id: me };
    const view = {
        ...seen,
        players,
        phase: bidding ? 'bidding' : 'playing',
        turn: { player_id: me, deadline_at: null },
        round: { ...seen.round, trick: null, last_trick: bidding ? null : last_trick, bids: Object.fromEntries(bids) },
    };
    const actions = bidding ? Array.from({ length: 11 }, (_, value) => ({ name: 'bid', args: { value } })) : [];
    const room = {
        view, actions, underWay: [], lastShown: null, deadline: null, link: 'connected', status: null, spectators: 0,
        clockOffset: 0, chat: { messages: [], muted: new Set() }, client: await loadTable(seen.game),
    };
    const screen = {
        log: [], own: { showsLastTrick: !bidding, focused: 0 }, fillAt: null, levels: [], verification: null,
    };
    patch(document.getElementById('app'), roomScreen(room, screen));
    const box = (element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return [left, top, right, bottom];
    };
    const boxes = (selector) => [...document.querySelectorAll(selector)].map(box);
    const sizes = [...document.querySelectorAll('.seat .name, .seat .in-short, .seat b')]
        .map((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    const { scrollWidth, scrollHeight } = document.documentElement;
    return {
        seats: boxes('.seat'),
        cards: boxes('.played .card'),
        parts: Object.fromEntries(['.bar', '.fact', '.bids', '.prompt', '.last-trick', '.own-seat', '.hand .card']
            .map((selector) => [selector, boxes(selector)])),
        buttons: boxes('.bid-values button'),
        least: Math.min(...sizes),
        scroll: [scrollWidth, scrollHeight],
    };
}"""

Box = list[float]


def overlap(a: Box, b: Box) -> bool:
    """By more than half a pixel."""
    return a[0] < b[2] - 0.5 and b[0] < a[2] - 0.5 and a[1] < b[3] - 0.5 and b[1] < a[3] - 0.5


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def faults(table: dict[str, Any], width: int, height: int) -> list[str]:
    """What somebody at this table would complain about."""
    seats, cards, parts = table["seats"], table["cards"], table["parts"]
    covers = {"card": cards, **parts}
    found = [f"{a} is cut off" for a in seats if a[0] < 0 or a[1] < 0 or a[2] > width or a[3] > height]
    found += [f"two seats overlap: {a} {b}" for a, b in combinations(seats, 2) if overlap(a, b)]
    found += [
        f"{name} {b} and seat {a} overlap" for name in covers for b in covers[name] for a in seats if overlap(a, b)
    ]
    found += [
        f"{name} covers {a}" for name in (".prompt", ".own-seat") for b in parts[name] for a in cards if overlap(a, b)
    ]
    found += [f"{a} is not around the trick" for a in not_around(seats, cards)]
    found += [f"a button is small: {b}" for b in table["buttons"] if b[2] - b[0] < 38 or b[3] - b[1] < 38]
    found += [f"text of {table['least']} px"] if table["least"] < 12 else []
    found += [f"it scrolls: {table['scroll']}"] if table["scroll"] != [width, height] else []
    return found


def not_around(seats: list[Box], cards: list[Box]) -> list[Box]:
    """Seats that are not farther out on the side of their own card. `cards`: the viewer's, then those of `seats`."""
    x, y = (sum(middle(card)[axis] for card in cards) / max(1, len(cards)) for axis in (0, 1))
    wrong = []
    for seat, card in zip(seats, cards[1:], strict=False):  # while bids are made there are no cards
        (seat_x, seat_y), (card_x, card_y) = middle(seat), middle(card)
        is_same_side = (seat_x - x) * (card_x - x) >= -1 and (seat_y - y) * (card_y - y) >= -1
        if not is_same_side or hypot(seat_x - x, seat_y - y) <= hypot(card_x - x, card_y - y):
            wrong.append(seat)
    return wrong


@pytest.mark.parametrize(
    ("width", "height"), [(360, 640), (640, 360), (844, 390)], ids=["upright", "across", "wider-across"]
)
async def test_seats_stand_around_the_trick_and_nothing_overlaps(people: People, width: int, height: int) -> None:
    guest = await people.new(width=width, height=height)
    room = await guest.create_room(bots=9)
    await guest.bids.nth(1).click()
    await guest.play_with_mouse()
    await expect(guest.playable.first).to_be_visible()
    await expect(guest.page.locator(".last-trick")).to_be_visible()
    complaints = []
    for count in range(2, 11):
        for bidding in (True, False):
            drawn = {"gameId": room["game_id"], "count": count, "bidding": bidding}
            table = await guest.page.evaluate(DRAW, drawn)
            assert len(table["seats"]) == count - 1
            assert len(table["cards"]) == (0 if bidding else count)
            assert len(table["buttons"]) == (11 if bidding else 0)
            complaints += [f"{count} players: {fault}" for fault in faults(table, width, height)]
    assert complaints == [], "\n".join(complaints)
