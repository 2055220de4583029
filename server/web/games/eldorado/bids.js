/** The bids that the server offers. */

import { t } from './strings.js';
import { h } from '../../kit/dom.js';

/** @typedef {import('../table/view.js').TableRoom} Room */

/** @param {Room} room @returns {number[]} */
export function offeredBids(room) {
  return room.actions.filter((a) => a.name === 'bid').map((a) => a.args.value);
}

/** @param {Room} room */
export function bidPanel(room) {
  const offered = offeredBids(room);
  const { view } = room;
  // Only when all earlier bids are on display: players base theirs on them.
  if (offered.length === 0 || view?.phase !== 'bidding' || view.turn?.player_id !== view.you.player_id) return null;
  const { bids, cards_per_player: tricks } = view.round;
  const sum = Object.values(bids).reduce((total, bid) => total + bid, 0);
  return h(
    'section',
    { key: 'bids', class: 'bids', 'aria-labelledby': 'bids-title' },
    h('h2', { id: 'bids-title' }, t.yourBid),
    Object.keys(bids).length > 0 && h('p', { class: 'quiet' }, t.bidsSoFar(sum, tricks)),
    h(
      'div',
      { class: 'bid-values' },
      Array.from({ length: tricks + 1 }, (_, value) =>
        h(
          'button',
          {
            type: 'button',
            key: String(value),
            'data-action': 'bid',
            'data-value': value,
            'aria-label': t.bid(value),
            disabled: !offered.includes(value),
          },
          value,
        ),
      ),
    ),
    h('p', { class: 'quiet keyboard-hint' }, t.bidHint),
  );
}
