/** The score of every round: bid, tricks won, points. */

import { delta, score } from '../../i18n/numbers.js';
import { h } from '../../kit/dom.js';
import { row, rowHead, table } from '../../kit/table.js';
import { colourOf, isSeated, nameOfPlayer } from '../table/people.js';
import { table as said } from '../table/strings.js';
import { t } from './strings.js';

/**
 * @typedef {import('../table/fold.js').View} View
 * @typedef {import('../table/view.js').Player} Player
 */

/** @param {View} view */
export function scoreTable(view) {
  const { players, rounds, you } = view;
  const scores = view.final_scores ?? view.scores;
  const mark = (/** @type {Player} */ player) => (isSeated(view) && player.player_id === you.player_id ? 'is-me' : null);
  const sum = (/** @type {Player} */ p) =>
    h('td', { class: mark(p) }, h('b', null, score(scores[p.player_id] ?? 0)));
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': said.scores },
    table({
      class: 'scores',
      caption: said.scores,
      head: [h('th', { scope: 'col', 'aria-label': t.roundColumn }, '#'), ...players.map((p) => column(view, p, mark(p)))],
      rows: rounds.map((round) =>
        row(String(round.round_index), [
          rowHead(round.round_index + 1),
          ...players.map((p) => scoreCell(round, p.player_id, mark(p))),
        ]),
      ),
      foot: row('sum', [h('th', { scope: 'row', 'aria-label': t.total }, 'Σ'), ...players.map(sum)]),
    }),
  );
}

/** @param {View} view @param {Player} player @param {string | null} mark */
function column(view, player, mark) {
  return h(
    'th',
    { scope: 'col', class: mark, title: player.display_name, vars: { '--player-color': colourOf(view, player) } },
    nameOfPlayer(view, player.player_id),
  );
}

/** @param {View['rounds'][number]} round @param {string} id @param {string | null} mark */
function scoreCell(round, id, mark) {
  const bid = round.bids[id];
  if (bid === undefined) return h('td', { class: mark }, '–');
  const points = round.deltas[id] ?? 0;
  const won = round.tricks_won[id] ?? 0;
  return h(
    'td',
    { class: `${points > 0 ? 'is-made' : 'is-missed'} ${mark ?? ''}`, title: t.bidWon(bid, won) },
    h('span', null, delta(points)),
    h('small', null, t.wonOf(won, bid)),
  );
}
