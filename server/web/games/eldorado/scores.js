/** The score of every round: bid, tricks won, points. */

import { strings } from '../table/strings.js';
import { h } from '../../kit/dom.js';
import { colourOf, isSeated, nameOfPlayer } from '../table/people.js';

/** @typedef {import('../table/fold.js').View} View */

/** @param {View} view @param {string} caption */
export function scoreTable(view, caption = strings.table.scores) {
  const { players, rounds, you } = view;
  const scores = view.final_scores ?? view.scores;
  const mark = (/** @type {import('../table/view.js').Player} */ player) => (isSeated(view) && player.player_id === you.player_id ? 'is-me' : null);
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h(
      'table',
      { class: 'scores' },
      h('caption', { class: 'visually-hidden' }, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col', 'aria-label': strings.table.roundColumn }, '#'),
          players.map((p) =>
            h(
              'th',
              { scope: 'col', class: mark(p), title: p.display_name, vars: { '--player-color': colourOf(view, p) } },
              nameOfPlayer(view, p.player_id),
            ),
          ),
        ),
      ),
      h(
        'tbody',
        null,
        rounds.map((round) =>
          h(
            'tr',
            { key: String(round.round_index) },
            h('th', { scope: 'row' }, round.round_index + 1),
            players.map((p) => scoreCell(round, p.player_id, mark(p))),
          ),
        ),
      ),
      h(
        'tfoot',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'row', 'aria-label': strings.table.total }, 'Σ'),
          players.map((p) => h('td', { class: mark(p) }, h('b', null, strings.table.score(scores[p.player_id] ?? 0)))),
        ),
      ),
    ),
  );
}

/** @param {Record<string, any>} round @param {string} id @param {string | null} mark */
function scoreCell(round, id, mark) {
  const delta = round.deltas[id] ?? 0;
  const bid = round.bids[id];
  if (bid === undefined) return h('td', { class: mark }, '–');
  const kind = delta > 0 ? 'is-made' : 'is-missed';
  return h(
    'td',
    { class: `${kind} ${mark ?? ''}`, title: strings.table.bidWon(bid, round.tricks_won[id] ?? 0) },
    h('span', null, strings.table.delta(delta)),
    h('small', null, strings.table.wonOf(round.tricks_won[id] ?? 0, bid)),
  );
}
