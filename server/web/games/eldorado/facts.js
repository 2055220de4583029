/** What must always be in sight: trump, the led suit, the round; and the state of the line. */

import { OWN_GAME } from '../own-game.js';
import { strings } from '../table/strings.js';
import { nameOf, stillCard, suitLabel } from './card-face.js';
import { h } from '../../kit/dom.js';
import { isSeated } from '../table/people.js';

/**
 * @typedef {import('../../play/room.js').Room} Room
 * @typedef {import('../table/fold.js').View} View
 */

/** @param {View} view */
export function facts(view) {
  const { round } = view;
  if (!round) return null;
  const { trump_card: card, trump_suit: trump, trump_broken: broken, trick } = round;
  return h(
    'div',
    { class: 'facts' },
    h(
      'div',
      { class: 'fact is-trump', title: card && strings.table.trumpTitle(nameOf(card), broken) },
      card && stillCard(card, 'is-tiny'),
      h('span', { class: 'term' }, strings.table.trump),
      h(
        'span',
        { class: 'told' },
        trump ? suitLabel(trump) : '–',
        h('small', null, broken ? strings.table.trumpBroken : strings.table.trumpUnbroken),
      ),
    ),
    h(
      'div',
      { class: 'fact is-led' },
      h('span', { class: 'term' }, strings.table.led),
      h('span', { class: 'told' }, trick?.led_suit ? suitLabel(trick.led_suit) : '–'),
    ),
  );
}

/** @param {View} view "Round 3 of 10 · Trick 2 of 8" */
export function progress(view) {
  const { round, config } = view;
  if (!round) return view.game === OWN_GAME ? strings.game : view.game;
  /** @type {import('../../kit/dom.js').Child[]} */
  const parts = [h('span', null, strings.table.round(round.round_index, config.rounds))];
  const trick = round.trick ?? round.last_trick;
  if (view.phase === 'playing' && trick)
    parts.push(h('i', { class: 'dot' }, ' · '), h('span', null, strings.table.trick(trick.trick_index, round.cards_per_player)));
  return parts;
}

/** @param {Room} room */
export function lineState(room) {
  const isPaused = room.link === 'connected' && (room.status?.paused || room.view?.paused);
  const state = isPaused ? 'paused' : room.link;
  return h(
    'p',
    { class: `line is-${state}`, role: 'status' },
    h('i', { class: 'dot', 'aria-hidden': 'true' }),
    h('span', null, strings.link[state]),
  );
}

/** Why nothing moves, over the table and without pushing it. @param {Room} room */
export function pausedNote(room) {
  if (room.link !== 'connected' || !(room.status?.paused || room.view?.paused)) return null;
  return h('p', { key: 'paused', class: 'paused-note', role: 'status' }, strings.pausedBecause(room.status?.reason ?? ''));
}

/** How many watch, and to those who do: how far they are behind. @param {Room} room */
export function watchers({ spectators, view }) {
  const delay = view !== null && !isSeated(view) ? Number(view.config.spectator_delay_s) : 0;
  const told = [delay > 0 && strings.behind(delay), spectators > 0 && strings.watching(spectators)].filter(Boolean);
  return told.length > 0 && h('p', { class: 'quiet watchers' }, told.join(' · '));
}
