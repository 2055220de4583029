/** The table of the live game, to look at: the same seats, tricks and scores. */

import { rankOf, sortHand, suitOf } from '../cards.js';
import { strings } from '../../table/strings.js';
import { stillCard, suitSymbol } from '../card-face.js';
import { h } from '../../../kit/dom.js';
import { facts } from '../facts.js';
import { isSeated, nameOfPlayer } from '../../table/people.js';
import { opponentSeats, ownSeat } from '../seats.js';
import { trickArea } from '../trick.js';
import { t } from '../../replay/strings.js';

/**
 * @typedef {import('./recording.js').View} View
 * @typedef {import('./recording.js').Hands} Hands
 * @typedef {import('../../../play/room.js').Room} Room
 */

/**
 * A past state in the shape of a room, for the parts that draw rooms.
 * @param {View} view
 * @param {import('./recording.js').RoomEvent} event the one that led to it
 * @returns {Room}
 */
export function still(view, event) {
  const room = { view, lastShown: event, actions: [], pendingMove: undefined, underWay: [], deadline: null };
  return /** @type {any} */ ({ ...room, link: 'connected', status: null, spectators: 0, clockOffset: 0 });
}

/** @param {Room} room @param {Hands | null} open every hand, if they lie open */
export function replayTable(room, open) {
  const view = /** @type {View} */ (room.view);
  return h(
    'main',
    { key: 'table', class: 'table', 'aria-label': strings.table.label },
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
        h('span', { class: 'visually-hidden' }, `${strings.suits[suit]} `),
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
    return summary(view, strings.result.title((view.winners ?? []).map((id) => nameOfPlayer(view, id))));
  if (!view.round) return h('p', { key: 'before', class: 'prompt' }, t.beforeTheDeal);
  if (view.phase === 'scoring') return summary(view, strings.table.round(view.round.round_index, view.config.rounds));
  return trickArea(room, false);
}

/** Who stands where after a round, the best first. @param {View} view @param {string} title */
function summary(view, title) {
  const { scores, players, round } = view;
  const last = view.rounds[view.rounds.length - 1];
  const ranked = [...players].sort((a, b) => (scores[b.player_id] ?? 0) - (scores[a.player_id] ?? 0));
  return h(
    'section',
    { key: 'summary', class: 'round-end' },
    h('h2', null, title),
    h(
      'table',
      { class: 'scores standings' },
      h('caption', { class: 'visually-hidden' }, strings.table.scores),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          [t.player, t.tricks, strings.table.roundColumn, strings.table.total].map((text) =>
            h('th', { scope: 'col' }, text),
          ),
        ),
      ),
      h(
        'tbody',
        null,
        ranked.map(({ player_id: id }) => {
          const delta = last.deltas[id] ?? 0;
          return h(
            'tr',
            { key: id, class: delta > 0 ? 'is-made' : 'is-missed' },
            h('th', { scope: 'row' }, nameOfPlayer(view, id)),
            h('td', null, strings.table.wonOf(round.tricks_won[id] ?? 0, round.bids[id] ?? 0)),
            h('td', null, h('span', null, strings.table.delta(delta))),
            h('td', null, h('b', null, strings.table.score(scores[id] ?? 0))),
          );
        }),
      ),
    ),
  );
}
