/** What stands beside a table, or is called up on a narrow screen: scores, moves, chat, the way out. */

import { strings } from '../table/strings.js';
import { chatPanel } from '../table/chat-panel.js';
import { h } from '../../kit/dom.js';
import { scoreTable } from './scores.js';

/**
 * @typedef {import('../../play/room.js').Room} Room
 * @typedef {import('../table/fold.js').View} View
 */

/** @param {Room} room @param {View} view @param {string[]} log newest last */
export function besideTheTable(room, view, log) {
  return [
    h('h2', null, strings.table.scores),
    scoreTable(view),
    h('h2', null, strings.table.log),
    h(
      'ol',
      { class: 'moves', tabindex: '0', 'aria-label': strings.table.log },
      log.map((line) => h('li', null, line)),
    ),
    chatPanel(room),
    h('button', { type: 'button', class: 'is-quiet leave', 'data-action': 'ask-to-leave' }, strings.table.leave),
  ];
}

/** The same for narrow screens, on demand. @param {Room} room @param {View} view @param {string[]} log */
export function scoreSheet(room, view, log) {
  return h(
    'dialog',
    { key: 'sheet', class: 'sheet score-sheet', 'aria-label': strings.table.scores },
    h('button', { type: 'button', class: 'is-quiet close', 'data-action': 'close-dialog' }, strings.dismiss),
    besideTheTable(room, view, log),
  );
}

export function leaveDialog() {
  const s = strings.table;
  return h(
    'dialog',
    { key: 'leave', class: 'sheet leave-dialog', 'aria-labelledby': 'leave-title' },
    h('h2', { id: 'leave-title' }, s.leaveQuestion),
    h('p', { class: 'quiet' }, s.leaveHint),
    h(
      'div',
      { class: 'choices' },
      h('button', { type: 'button', class: 'is-primary', 'data-action': 'close-dialog' }, s.stay),
      h('button', { type: 'button', 'data-action': 'leave' }, s.leave),
    ),
  );
}

/** Between two rounds. @param {View} view */
export function roundEnd(view) {
  const { round, config } = view;
  return h(
    'section',
    { key: 'round-end', class: 'round-end' },
    h('h2', null, strings.table.round(round.round_index, config.rounds)),
    scoreTable(view),
    round.round_index + 1 < config.rounds && h('p', { class: 'quiet' }, strings.table.nextRound),
  );
}
