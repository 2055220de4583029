/** A game that is being played: the table, and beside it the scores and moves. */

import { h } from '../../kit/dom.js';
import { isSeated } from '../table/people.js';
import { bidPanel } from './bids.js';
import { facts } from './facts.js';
import { hand } from './hand.js';
import { opponentSeats, ownSeat } from './seats.js';
import { t } from './strings.js';
import { trickArea } from './trick.js';

/**
 * @typedef {import('../table/view.js').TableRoom} Room
 * @typedef {import('../table/view.js').View} View
 * @typedef {import('../contract.js').Screen} Screen `own.showsLastTrick`: the viewer asked for the last trick;
 *   `own.focused`: place in the hand that Tab leads to
 */

/** @type {typeof import('./beside.js') | null} null: not loaded yet */
let parts = null;

/** Load what is drawn beside the table. */
export async function prepare() {
  parts = await import('./beside.js');
}

/** @param {Room} room @param {Screen} screen @param {import('../contract.js').Beside | null} beside */
export function table(room, screen, beside) {
  const view = /** @type {View} */ (room.view);
  return [
    main(room, view, screen),
    h('aside', { key: 'aside', class: 'aside' }, parts?.besideTheTable(view, screen.log, beside)),
    parts?.scoreSheet(view, screen.log, beside),
  ];
}

/** @param {Room} room @param {View} view @param {Screen} screen */
function main(room, view, screen) {
  if (!view.round) return h('main', { key: 'table', class: 'table' });
  return h(
    'main',
    { key: 'table', class: 'table', 'aria-label': t.label },
    h(
      'div',
      { class: `felt seats-${view.players.length}` },
      facts(view),
      h('div', { class: 'around' }, opponentSeats(room), middle(room, view, screen)),
      view.round.last_trick &&
        h(
          'button',
          {
            key: 'last',
            type: 'button',
            class: 'is-quiet last-trick',
            'data-action': 'last-trick',
            'aria-pressed': String(Boolean(screen.own.showsLastTrick)),
          },
          t.lastTrick,
        ),
    ),
    h('div', { class: 'own' }, ownSeat(room), isSeated(view) && hand(room, screen.own.focused ?? 0)),
  );
}

/**
 * What the round is at: bids to make, a trick, or its scores.
 * @param {Room} room
 * @param {View} view
 * @param {Screen} screen
 */
function middle(room, view, screen) {
  const { showsLastTrick = false } = screen.own;
  const isOver = view.phase === 'scoring' && room.lastShown?.name !== 'trick_completed';
  if (isOver && !showsLastTrick) return parts?.roundEnd(view);
  return bidPanel(room) ?? trickArea(room, showsLastTrick);
}
