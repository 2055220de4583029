/** The end of a game. */

import { OWN_GAME } from '../../games/own-game.js';
import { strings } from '../../games/table/strings.js';
import { chatPanel } from '../../games/table/chat-panel.js';
import { h } from '../../kit/dom.js';
import { faceOf, isSeated, nameOfPlayer } from '../../games/table/people.js';
import { scoreTable } from '../../games/eldorado/scores.js';
import { verification } from '../../games/eldorado/verification.js';

/** @typedef {import('../../games/table/fold.js').View} View */

/**
 * @param {import('../room.js').Room} room
 * @param {import('../../games/eldorado/verification.js').Verification} verified what the check of the shuffle has found so far
 */
export function result(room, verified) {
  return [panel(/** @type {View} */ (room.view), verified), chatPanel(room)];
}

/** @param {View} view @param {import('../../games/eldorado/verification.js').Verification} verified */
function panel(view, verified) {
  const isAborted = view.phase === 'aborted';
  const isOwn = view.game === OWN_GAME;
  const s = strings.result;
  return h(
    'section',
    { key: 'result', class: 'result panel', 'aria-labelledby': 'result-title' },
    h('h1', { id: 'result-title' }, isAborted ? s.aborted : s.title((view.winners ?? []).map((id) => nameOfPlayer(view, id)))),
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
      isOwn &&
        !isAborted &&
        h('button', { key: 'verify', type: 'button', class: 'is-quiet', 'data-action': 'verify' }, s.verify),
    ),
    isOwn && [verification(verified), scoreTable(view)],
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
        h('b', null, strings.table.points(scores[player.player_id])),
      ),
    ),
  );
}
