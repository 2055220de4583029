/** The same figures for each game, where somebody has played more than one. */

import { strings } from '../../../games/table/strings.js';
import { h } from '../../../kit/dom.js';
import { gameName } from '../../../games/titles.js';
import { score, share } from './figures.js';
import { t } from '../../strings/profile.js';

/** @typedef {import('./screen.js').Json} Json */

/** @param {Json} stats */
export function byGame({ by_game: rows = [] }) {
  if (rows.length < 2) return null;
  const columns = [t.game, t.games, t.won, t.winRate, t.highest, t.lowest, t.points, t.bestRun, t.withBots];
  return h(
    'section',
    { key: 'by-game', class: 'panel', 'aria-labelledby': 'by-game-title' },
    h('h2', { id: 'by-game-title' }, t.byGame),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': 'by-game-title' },
      h(
        'table',
        { class: 'numbers-table by-game' },
        h('thead', null, h('tr', null, columns.map((text) => h('th', { scope: 'col' }, text)))),
        h('tbody', null, rows.map(row)),
      ),
    ),
  );
}

/** @param {Json} game */
function row(game) {
  return h(
    'tr',
    { key: game.game },
    h('th', { scope: 'row' }, gameName(game.game)),
    h('td', null, game.games_played),
    h('td', null, game.games_won),
    h('td', null, share(game.games_won, game.games_played)),
    h('td', null, score(game.highest_score)),
    h('td', null, score(game.lowest_score)),
    h('td', null, strings.table.score(game.total_points)),
    h('td', null, game.most_consecutive_wins),
    h('td', null, game.games_with_bots),
  );
}
