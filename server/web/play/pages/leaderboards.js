/** The best of all players, by one measure or another: `#/leaderboards/METRIC`. */

import { ApiError } from '../../net/api.js';
import { t } from '../strings/profile.js';
import { strings } from '../../games/table/strings.js';
import { topBar } from '../../kit/bar.js';
import { delegate, h, patch } from '../../kit/dom.js';
import { styles } from '../../kit/styles.js';

const GAME = 'eldorado';
const PAGE = 20;

/** @typedef {keyof typeof t.metrics} Metric */

/**
 * @param {Element} root
 * @param {import('../../net/api.js').Api} api
 * @param {string} asked a metric; anything else: by rating
 * @returns {Promise<() => void>} leaves the page
 */
export async function openLeaderboardsPage(root, api, asked) {
  const end = new AbortController();
  const metric = /** @type {Metric} */ (Object.hasOwn(t.metrics, asked) ? asked : 'rating');
  /** @type {{rows: Record<string, any>[], next: string | null, problem: string}} */
  const board = { rows: [], next: null, problem: '' };
  await styles('table', 'beside', 'charts', 'profile');

  const path = metric === 'rating_bots' ? 'rating?pool=bots&' : `${metric}?`;

  async function more() {
    const cursor = board.next === null ? '' : `&cursor=${encodeURIComponent(board.next)}`;
    try {
      const page = await api.call('GET', `/api/leaderboards/${path}game=${GAME}&limit=${PAGE}${cursor}`);
      board.rows.push(...page.rows);
      board.next = page.next_cursor;
      board.problem = '';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      board.problem = t.leadersUnknown;
    }
    if (!end.signal.aborted)
      patch(root, topBar(h('span', { class: 'progress' })), leaders(metric, board, api.identity?.player_id));
  }

  delegate(root, { more: () => void more() }, end.signal);
  await more();
  return () => end.abort();
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
        h(
          'table',
          { class: 'numbers-table leaders', 'aria-labelledby': 'leaders-title' },
          h(
            'thead',
            null,
            h(
              'tr',
              null,
              ['#', t.player, t.metrics[metric], t.gamesPlayed].map((text) => h('th', { scope: 'col' }, text)),
            ),
          ),
          h(
            'tbody',
            null,
            rows.map((row) =>
              h(
                'tr',
                { key: row.player_id, class: row.player_id === me ? 'is-me' : null },
                h('td', null, row.rank),
                h('th', { scope: 'row' }, h('a', { href: `#/players/${row.player_id}` }, row.display_name)),
                h('td', null, valueOf(metric, row.value)),
                h('td', null, row.games_played),
              ),
            ),
          ),
        ),
      next !== null && h('button', { type: 'button', 'data-action': 'more' }, t.more),
    ),
  );
}

/** @param {Metric} metric @param {number} value */
function valueOf(metric, value) {
  return metric === 'win_rate' ? `${Math.round(value * 100)} %` : strings.table.score(Math.round(value));
}
