/** The same figures for each game, where somebody has played more than one. */

import { titleOf } from '../../../games/clients.js';
import { panel } from '../../../kit/panel.js';
import { row, rowHead, scrolling, table } from '../../../kit/table.js';
import { t } from '../../strings/profile.js';
import { points, share } from './figures.js';

/** @typedef {import('./screen.js').Json} Json */

/** @param {Json} stats */
export function byGame({ by_game: games = [] }) {
  if (games.length < 2) return null;
  const head = [t.game, t.games, t.won, t.winRate, t.highest, t.lowest, t.points, t.bestRun, t.withBots];
  return panel(
    'by-game',
    t.byGame,
    scrolling('by-game-title', table({ class: 'numbers-table by-game', head, rows: games.map(gameRow) })),
  );
}

/** @param {Json} game */
function gameRow(game) {
  return row(game.game, [
    rowHead(titleOf(game.game)),
    game.games_played,
    game.games_won,
    share(game.games_won, game.games_played),
    points(game.highest_score),
    points(game.lowest_score),
    points(game.total_points),
    game.most_consecutive_wins,
    game.games_with_bots,
  ]);
}
