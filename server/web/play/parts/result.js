/** The end of a game. */

import { nameOfPlayer, faceOf, isSeated } from '../../games/table/people.js';
import { table } from '../../games/table/strings.js';
import { strings } from '../../i18n/strings.js';
import { h } from '../../kit/dom.js';
import { lobby } from '../strings/lobby.js';
import { chatPanel } from './chat-panel.js';

/**
 * @typedef {import('../../games/contract.js').View} View
 * @typedef {import('../room.js').Room} Room
 * @typedef {import('./room-page.js').Screen} Screen
 * @typedef {(view: View) => import('../../kit/dom.js').Child} Details what this game shows below the ranking
 */

/** @param {Room} room @param {Screen} screen @param {Details} [details] */
export function result(room, screen, details) {
  return [panel(room, screen, details), chatPanel(room)];
}

/** @param {Room} room @param {Screen} screen @param {Details} [details] */
function panel(room, { verification }, details) {
  const view = /** @type {View} */ (room.view);
  const isAborted = view.phase === 'aborted';
  const s = lobby.result;
  return h(
    'section',
    { key: 'result', class: 'result panel', 'aria-labelledby': 'result-title' },
    h('h1', { id: 'result-title' }, isAborted ? s.aborted : table.winners((view.winners ?? []).map((id) => nameOfPlayer(view, id)))),
    !isAborted && ranking(view),
    h(
      'div',
      { class: 'choices' },
      !isAborted &&
        isSeated(view) &&
        h('button', { key: 'again', type: 'button', class: 'is-primary', 'data-action': 'rematch' }, s.playAgain),
      h('a', { key: 'home', class: 'button', href: '#/' }, strings.toHome),
      !isAborted &&
        h('a', { key: 'replay', class: 'button', href: `#/games/${view.game_id}` }, s.replay),
      room.client?.fairness &&
        !isAborted &&
        h('button', { key: 'verify', type: 'button', class: 'is-quiet', 'data-action': 'verify' }, s.verify),
    ),
    verification,
    details?.(view),
  );
}

/** @param {View} view */
function ranking(view) {
  const { players, winners = [], final_scores: scores = {} } = view;
  const order = [...players].sort((a, b) => scores[b.player_id] - scores[a.player_id]);
  return h(
    'ol',
    { class: 'ranking' },
    order.map((player) =>
      h(
        'li',
        { key: player.player_id, class: winners.includes(player.player_id) ? 'is-winner' : null },
        faceOf(view, player),
        h('a', { class: 'name', href: `#/players/${player.player_id}` }, nameOfPlayer(view, player.player_id)),
        h('b', null, table.points(scores[player.player_id])),
      ),
    ),
  );
}
