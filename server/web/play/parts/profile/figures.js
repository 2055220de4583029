/** The figures of a player over all games. */

import { score } from '../../../i18n/numbers.js';
import { h } from '../../../kit/dom.js';
import { panel } from '../../../kit/panel.js';
import { t } from '../../strings/profile.js';

/** @typedef {import('./screen.js').Json} Json */

/** @param {number} part @param {number} whole */
export const share = (part, whole) => (whole > 0 ? `${Math.round((100 * part) / whole)} %` : '–');

/** @param {number | null | undefined} value */
export const points = (value) => (value === null || value === undefined ? '–' : score(value));

/** @param {Json} stats */
export function figures(stats) {
  const played = stats.games_played;
  const shown = [
    [t.games, played],
    [t.won, stats.games_won],
    [t.winRate, share(stats.games_won, played)],
    [t.highest, points(stats.highest_score)],
    [t.lowest, points(stats.lowest_score)],
    [t.points, points(stats.total_points)],
    [t.tricks, stats.total_tricks_won],
    [t.misplays, stats.total_misplays],
    [t.streak, t.streakOf(stats.current_win_streak, stats.current_loss_streak)],
    [t.bestRun, stats.most_consecutive_wins],
    [t.worstRun, stats.most_consecutive_losses],
    stats.games_with_bots !== undefined && [t.withBots, t.withBotsOf(stats.games_with_bots, stats.wins_with_bots)],
  ].filter((row) => row !== false);
  return panel(
    'figures',
    t.figures,
    h(
      'dl',
      { class: 'figures' },
      shown.map(([name, value]) => h('div', { key: String(name) }, h('dt', null, name), h('dd', null, value))),
    ),
  );
}
