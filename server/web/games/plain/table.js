/** The table of a game that has no drawing of its own: who is there, what may be done, what is and what was. */

import { strings } from '../table/strings.js';
import { chatPanel } from '../table/chat-panel.js';
import { h } from '../../kit/dom.js';
import { countdownRing, faceOf, isSeated, nameOfPlayer } from '../table/people.js';
import { leaveDialog } from '../eldorado/beside.js';
import { t } from './strings.js';
import { line, ownState, tree } from './words.js';

/**
 * @typedef {import('../../play/room.js').Room} Room
 * @typedef {import('../table/fold.js').View} View
 */

/** So many buttons can still be looked through. */
const MOST_ACTIONS = 120;

/** @param {Room} room @param {string[]} log newest last */
export function plainTable(room, log) {
  const view = /** @type {View} */ (room.view);
  return [
    h(
      'main',
      { key: 'plain', class: 'page plain' },
      h(
        'div',
        { class: 'plain-columns' },
        h('div', { class: 'column' }, isSeated(view) && moves(room, view), state(view)),
        h('div', { class: 'column' }, people(room, view), feed(log), chatPanel(room), leaveButton()),
      ),
    ),
    leaveDialog(),
  ];
}

/** @param {Room} room @param {View} view */
function moves(room, view) {
  const { actions } = room;
  return h(
    'section',
    { key: 'moves', class: 'panel', 'aria-labelledby': 'moves-title' },
    h('h2', { id: 'moves-title' }, t.yourMove),
    actions.length === 0 && h('p', { key: 'none', class: 'quiet' }, t.waiting),
    h(
      'div',
      { class: 'choices' },
      actions.slice(0, MOST_ACTIONS).map((action, i) =>
        h(
          'button',
          {
            key: JSON.stringify(action),
            type: 'button',
            'data-action': 'plain-move',
            'data-index': i,
            disabled: room.underWay.length > 0,
          },
          line(view, action.name, action.args),
        ),
      ),
    ),
    actions.length > MOST_ACTIONS && h('p', { key: 'more', class: 'quiet' }, t.more(actions.length - MOST_ACTIONS)),
  );
}

/** @param {View} view */
export function state(view) {
  return h(
    'section',
    { key: 'state', class: 'panel', 'aria-labelledby': 'state-title' },
    h('h2', { id: 'state-title' }, t.state),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': 'state-title' }, tree(view, ownState(view))),
  );
}

/** @param {Pick<Room, 'deadline'>} room @param {View} view */
export function people(room, view) {
  return h(
    'section',
    { key: 'people', class: 'panel', 'aria-labelledby': 'people-title' },
    h('h2', { id: 'people-title' }, t.players),
    h(
      'ul',
      { class: 'members' },
      view.players.map((player) => {
        const isTurn = view.turn?.player_id === player.player_id;
        const score = (view.final_scores ?? view.scores)?.[player.player_id];
        return h(
          'li',
          { key: player.player_id, class: `member ${isTurn ? 'is-turn' : ''}` },
          h(
            'span',
            { class: 'portrait' },
            faceOf(view, player),
            isTurn && countdownRing(room.deadline, view.config.turn_seconds * 1000),
          ),
          h('span', { class: 'name' }, nameOfPlayer(view, player.player_id), player.is_bot && h('small', null, strings.bot)),
          h('small', { class: 'status' }, strings.table.status[player.status]),
          score !== undefined && h('b', null, strings.table.score(score)),
        );
      }),
    ),
  );
}

/** @param {string[]} log */
function feed(log) {
  return h(
    'section',
    { key: 'feed', class: 'panel', 'aria-labelledby': 'feed-title' },
    h('h2', { id: 'feed-title' }, t.feed),
    h(
      'ol',
      { class: 'moves', tabindex: '0', 'aria-label': t.feed },
      log.map((told) => h('li', null, told)),
    ),
  );
}

function leaveButton() {
  return h('button', { key: 'leave', type: 'button', class: 'is-quiet', 'data-action': 'ask-to-leave' }, strings.table.leave);
}
