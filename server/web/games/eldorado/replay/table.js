/** The table of the live game, to look at: the same seats, tricks and scores. */

import { rankOf, sortHand, suitOf } from '../cards.js';
import { delta, score } from '../../../i18n/numbers.js';
import { table } from '../../table/strings.js';
import { t as words } from '../strings.js';
import { stillCard } from '../card-face.js';
import { suitSymbol } from '../suits.js';
import { h } from '../../../kit/dom.js';
import { row, rowHead, table as rows } from '../../../kit/table.js';
import { facts } from '../facts.js';
import { isSeated, nameOfPlayer } from '../../table/people.js';
import { opponentSeats, ownSeat } from '../seats.js';
import { trickArea } from '../trick.js';
import { t } from './strings.js';

/**
 * @typedef {import('./recording.js').View} View
 * @typedef {import('./recording.js').Hands} Hands
 * @typedef {import('../../table/view.js').TableRoom} Room
 */

/**
 * A past state in the shape of a room, for the parts that draw rooms.
 * @param {View} view
 * @param {import('./recording.js').RoomEvent} event the one that led to it
 * @returns {Room}
 */
export function still(view, event) {
  return { view, lastShown: event, actions: [], pendingMove: undefined, underWay: [], deadline: null, act: () => {} };
}

/** @param {Room} room @param {Hands | null} open every hand, if they lie open */
export function replayTable(room, open) {
  const view = /** @type {View} */ (room.view);
  return h(
    'main',
    { key: 'table', class: 'table', 'aria-label': words.label },
    h(
      'div',
      { class: `felt seats-${view.players.length}` },
      facts(view),
      h('div', { class: `around ${open ? 'has-open-hands' : ''}` }, seats(room, open), middle(room, view)),
    ),
    isSeated(view) && h('div', { class: 'own' }, ownSeat(room), ownHand(view)),
  );
}

/** @param {Room} room @param {Hands | null} open */
function seats(room, open) {
  const list = opponentSeats(room);
  for (const seat of open ? list.children : []) {
    if (typeof seat !== 'string' && seat.key) seat.children.push(openHand(open?.[seat.key] ?? []));
  }
  return list;
}

/** A hand in a line: suits, and the ranks of each. @param {readonly string[]} cards */
function openHand(cards) {
  const suits = new Map(sortHand(cards).map((card) => [suitOf(card), /** @type {string[]} */ ([])]));
  for (const card of sortHand(cards)) suits.get(suitOf(card))?.push(rankOf(card));
  return h(
    'span',
    { key: 'open', class: 'open-hand' },
    [...suits].map(([suit, ranks]) =>
      h(
        'span',
        { key: suit, class: `open-suit is-${suit}` },
        h('span', { class: 'visually-hidden' }, `${words.suits[suit]} `),
        suitSymbol(suit),
        ranks.join(' '),
      ),
    ),
  );
}

/** @param {View} view */
function ownHand(view) {
  const cards = sortHand(view.hand ?? []);
  return h(
    'ul',
    {
      class: 'hand',
      key: 'hand',
      'aria-label': t.handOf(nameOfPlayer(view, view.you.player_id)),
      vars: { '--cards': cards.length },
    },
    cards.map((card, i) => h('li', { key: card, vars: { '--place': i - (cards.length - 1) / 2 } }, stillCard(card))),
  );
}

/** @param {Room} room @param {View} view */
function middle(room, view) {
  if (view.phase === 'completed')
    return summary(view, table.winners((view.winners ?? []).map((id) => nameOfPlayer(view, id))));
  if (!view.round) return h('p', { key: 'before', class: 'prompt' }, t.beforeTheDeal);
  if (view.phase === 'scoring') return summary(view, words.round(view.round.round_index, view.config.rounds));
  return trickArea(room, false);
}

/** Who stands where after a round, the best first. @param {View} view @param {string} title */
function summary(view, title) {
  const { scores, players, round } = view;
  const last = view.rounds[view.rounds.length - 1];
  const ranked = [...players].sort((a, b) => (scores[b.player_id] ?? 0) - (scores[a.player_id] ?? 0));
  const standing = (/** @type {string} */ id) => {
    const points = last.deltas[id] ?? 0;
    return row(
      id,
      [
        rowHead(nameOfPlayer(view, id)),
        words.wonOf(round.tricks_won[id] ?? 0, round.bids[id] ?? 0),
        h('span', null, delta(points)),
        h('b', null, score(scores[id] ?? 0)),
      ],
      points > 0 ? 'is-made' : 'is-missed',
    );
  };
  return h(
    'section',
    { key: 'summary', class: 'round-end' },
    h('h2', null, title),
    rows({
      class: 'scores standings',
      caption: table.scores,
      head: [t.player, t.tricks, words.roundColumn, words.total],
      rows: ranked.map((player) => standing(player.player_id)),
    }),
  );
}
