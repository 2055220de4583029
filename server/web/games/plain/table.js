/** The table of a game without a client of its own: who is there, what may be done, what is and what was. */

import { strings } from '../../i18n/strings.js';
import { score } from '../../i18n/numbers.js';
import { table as said } from '../table/strings.js';
import { delegate, h } from '../../kit/dom.js';
import { panel } from '../../kit/panel.js';
import { scrolling } from '../../kit/table.js';
import { countdownRing, faceOf, isSeated, nameOfPlayer } from '../table/people.js';
import { t } from './strings.js';
import { line, ownState, tree } from './words.js';

/**
 * @typedef {import('../table/view.js').TableRoom} Room
 * @typedef {import('../table/fold.js').View} View
 */

/** More buttons than this nobody looks through. */
const MOST_ACTIONS = 120;

/** @type {import('../contract.js').GameClient['table']} */
export function table(room, { log }, beside) {
  const view = /** @type {View} */ (room.view);
  return h(
    'main',
    { key: 'plain', class: 'page plain' },
    h(
      'div',
      { class: 'plain-columns' },
      h('div', { class: 'column' }, isSeated(view) && moves(room, view), state(view)),
      h('div', { class: 'column' }, people(room, view), feed(log), beside?.chat, beside?.leave),
    ),
  );
}

/** @type {import('../contract.js').GameClient['run']} */
export function run(root, room, _screen, _tools, signal) {
  const move = ({ index = '' }) => {
    const action = room.actions[Number(index)];
    if (action) room.act(action.name, action.args);
  };
  delegate(root, { 'plain-move': move }, signal);
}

/** @param {Room} room @param {View} view */
function moves(room, view) {
  const { actions } = room;
  return panel(
    'moves',
    t.yourMove,
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
  return panel(
    'state',
    t.state,
    scrolling('state-title', tree(view, ownState(view))),
  );
}

/** @param {Pick<Room, 'deadline'>} room @param {View} view */
export function people(room, view) {
  return panel(
    'people',
    t.players,
    h(
      'ul',
      { class: 'members' },
      view.players.map((player) => {
        const isTurn = view.turn?.player_id === player.player_id;
        const points = (view.final_scores ?? view.scores)?.[player.player_id];
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
          h('small', { class: 'status' }, said.status[player.status]),
          points !== undefined && h('b', null, score(points)),
        );
      }),
    ),
  );
}

/** @param {string[]} log */
function feed(log) {
  return panel(
    'feed',
    t.feed,
    h(
      'ol',
      { class: 'moves', tabindex: '0', 'aria-label': t.feed },
      log.map((told) => h('li', null, told)),
    ),
  );
}
