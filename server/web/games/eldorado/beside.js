/** What stands beside a table, or is called up on a narrow screen: scores, moves, chat, the way out. */

import { strings } from '../../i18n/strings.js';
import { h } from '../../kit/dom.js';
import { table } from '../table/strings.js';
import { scoreTable } from './scores.js';
import { t } from './strings.js';

/**
 * @typedef {import('../table/view.js').View} View
 * @typedef {import('../contract.js').Beside} Beside
 */

/** @param {View} view @param {string[]} log newest last @param {Beside | null} beside */
export function besideTheTable(view, log, beside) {
  return [
    h('h2', null, table.scores),
    scoreTable(view),
    h('h2', null, table.log),
    h(
      'ol',
      { class: 'moves', tabindex: '0', 'aria-label': table.log },
      log.map((line) => h('li', null, line)),
    ),
    beside?.chat,
    beside?.leave,
  ];
}

/** The same for narrow screens, on demand. @param {View} view @param {string[]} log @param {Beside | null} beside */
export function scoreSheet(view, log, beside) {
  return h(
    'dialog',
    { key: 'sheet', class: 'sheet score-sheet', 'aria-label': table.scores },
    h('button', { type: 'button', class: 'is-quiet close', 'data-action': 'close-dialog' }, strings.dismiss),
    besideTheTable(view, log, beside),
  );
}

/** Between two rounds. @param {View} view */
export function roundEnd(view) {
  const { round, config } = view;
  return h(
    'section',
    { key: 'round-end', class: 'round-end' },
    h('h2', null, t.round(round.round_index, config.rounds)),
    scoreTable(view),
    round.round_index + 1 < config.rounds && h('p', { class: 'quiet' }, t.nextRound),
  );
}
