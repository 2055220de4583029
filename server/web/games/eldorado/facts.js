/** What must always be in sight: trump, the led suit, the round. */

import { t } from './strings.js';
import { nameOf, stillCard, suitLabel } from './card-face.js';
import { h } from '../../kit/dom.js';

/** @typedef {import('../table/fold.js').View} View */

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
      { class: 'fact is-trump', title: card && t.trumpTitle(nameOf(card), broken) },
      card && stillCard(card, 'is-tiny'),
      h('span', { class: 'term' }, t.trump),
      h(
        'span',
        { class: 'told' },
        trump ? suitLabel(trump) : '–',
        h('small', null, broken ? t.trumpBroken : t.trumpUnbroken),
      ),
    ),
    h(
      'div',
      { class: 'fact is-led' },
      h('span', { class: 'term' }, t.led),
      h('span', { class: 'told' }, trick?.led_suit ? suitLabel(trick.led_suit) : '–'),
    ),
  );
}

/** "Round 3 of 10 · Trick 2 of 8"; nothing before the first round. @param {View} view */
export function progress(view) {
  const { round, config } = view;
  if (!round) return '';
  /** @type {import('../../kit/dom.js').Child[]} */
  const parts = [h('span', null, t.round(round.round_index, config.rounds))];
  const trick = round.trick ?? round.last_trick;
  if (view.phase === 'playing' && trick)
    parts.push(h('i', { class: 'dot' }, ' · '), h('span', null, t.trick(trick.trick_index, round.cards_per_player)));
  return parts;
}
