/** The best of all players, by one measure or another: `#/leaderboards/METRIC`. */

import { FEATURED } from '../../games/clients.js';
import { ApiError } from '../../net/api.js';
import { t } from '../strings/profile.js';
import { score } from '../../i18n/numbers.js';
import { topBar } from '../../kit/bar.js';
import { delegate, h, patch } from '../../kit/dom.js';
import { row, rowHead, table } from '../../kit/table.js';
import { styles } from '../../kit/styles.js';

const SHEETS = ['/styles/table.css', '/play/styles/beside.css', '/styles/charts.css', '/play/styles/profile.css'];
const PAGE = 20;

/** @typedef {keyof typeof t.metrics} Metric */

/** @param {import('../../router.js').Visit} visit `params.metric`: anything unknown, or none, is the rating */
export async function open({ root, api, params, signal }) {
  const metric = /** @type {Metric} */ (Object.hasOwn(t.metrics, params.metric ?? '') ? params.metric : 'rating');
  /** @type {{rows: Record<string, any>[], next: string | null, problem: string}} */
  const board = { rows: [], next: null, problem: '' };
  await styles(...SHEETS);

  const path = metric === 'rating_bots' ? 'rating?pool=bots&' : `${metric}?`;

  async function more() {
    const cursor = board.next === null ? '' : `&cursor=${encodeURIComponent(board.next)}`;
    try {
      const page = await api.call('GET', `/api/leaderboards/${path}game=${FEATURED}&limit=${PAGE}${cursor}`);
      board.rows.push(...page.rows);
      board.next = page.next_cursor;
      board.problem = '';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      board.problem = t.leadersUnknown;
    }
    if (!signal.aborted)
      patch(root, topBar(h('span', { class: 'progress' })), leaders(metric, board, api.identity?.player_id));
  }

  delegate(root, { more: () => void more() }, signal);
  await more();
}

/**
 * @param {Metric} metric
 * @param {{rows: Record<string, any>[], next: string | null, problem: string}} board
 * @param {string | undefined} me
 */
function leaders(metric, { rows, next, problem }, me) {
  return h(
    'main',
    { key: 'leaders', class: 'profile' },
    h('h1', { id: 'leaders-title' }, t.leaderboards),
    h(
      'nav',
      { class: 'choices', 'aria-label': t.metric },
      Object.entries(t.metrics).map(([name, text]) =>
        h(
          'a',
          {
            key: name,
            class: 'button',
            href: `#/leaderboards/${name}`,
            'aria-current': name === metric ? 'page' : null,
          },
          text,
        ),
      ),
    ),
    h(
      'section',
      { class: 'panel' },
      h('p', { class: 'quiet' }, metric.startsWith('rating') ? t.settledOnly : t.leastGames),
      problem && h('p', { role: 'status' }, problem),
      rows.length === 0 && !problem && h('p', { role: 'status', class: 'quiet' }, t.nobody),
      rows.length > 0 &&
        table({
          class: 'numbers-table leaders',
          labelledBy: 'leaders-title',
          head: ['#', t.player, t.metrics[metric], t.gamesPlayed],
          rows: rows.map((each) =>
            row(
              each.player_id,
              [
                each.rank,
                rowHead(h('a', { href: `#/players/${each.player_id}` }, each.display_name)),
                valueOf(metric, each.value),
                each.games_played,
              ],
              each.player_id === me ? 'is-me' : null,
            ),
          ),
        }),
      next !== null && h('button', { type: 'button', 'data-action': 'more' }, t.more),
    ),
  );
}

/** @param {Metric} metric @param {number} value */
function valueOf(metric, value) {
  return metric === 'win_rate' ? `${Math.round(value * 100)} %` : score(Math.round(value));
}
