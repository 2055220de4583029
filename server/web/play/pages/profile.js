/** The page of a player: `#/players/PLAYER`; `me`: this browser's own. */

import { FEATURED } from '../../games/clients.js';
import { ApiError } from '../../net/api.js';
import { profileScreen } from '../parts/profile/screen.js';
import { t } from '../strings/profile.js';
import { strings } from '../../i18n/strings.js';
import { topBar } from '../../kit/bar.js';
import { delegate, h, patch } from '../../kit/dom.js';
import { styles } from '../../kit/styles.js';
import { toast } from '../../kit/toast.js';

const SHEETS = ['/styles/table.css', '/play/styles/beside.css', '/styles/charts.css', '/play/styles/profile.css'];
const GAMES_PAGE = 20;
const CURVE_GAMES = 100;

/** @param {import('../../router.js').Visit} visit */
export async function open({ root, api, params, signal }) {
  const id = params.player === 'me' ? (await api.signIn()).player_id : params.player;
  const base = `/api/players/${encodeURIComponent(id)}`;
  await styles(...SHEETS);
  if (signal.aborted) return;
  patch(
    root,
    topBar(h('span', { class: 'progress' })),
    h('main', { key: 'loading', class: 'page' }, h('p', { class: 'quiet', role: 'status' }, t.loading)),
  );
  try {
    const profile = await load(api, base);
    const draw = () => signal.aborted || patch(root, profileScreen(profile));
    const more = async () => {
      const cursor = encodeURIComponent(profile.next ?? '');
      const page = await api.call('GET', `${base}/games?limit=${GAMES_PAGE}&cursor=${cursor}`).catch(tell);
      if (!page) return;
      profile.games.push(...page.items);
      profile.next = page.next_cursor;
      draw();
    };
    delegate(root, { more: () => void more() }, signal);
    draw();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const text = error.status === 404 ? t.unknown : error.message;
    const back = h('a', { class: 'button', href: '#/' }, strings.toHome);
    patch(
      root,
      topBar(h('span', { class: 'progress' })),
      h(
        'main',
        { key: 'error', class: 'page' },
        h('section', { class: 'panel' }, h('p', { role: 'status' }, text), back),
      ),
    );
  }
}

/**
 * @param {import('../../net/api.js').Api} api
 * @param {string} base
 * @returns {Promise<import('../parts/profile/screen.js').Profile>}
 */
async function load(api, base) {
  const [player, stats, games, scores] = await Promise.all([
    api.call('GET', base),
    api.call('GET', `${base}/stats`),
    api.call('GET', `${base}/games?limit=${GAMES_PAGE}`),
    api.call('GET', `${base}/scores?game=${FEATURED}`),
  ]);
  /** @type {import('../parts/profile/screen.js').Rating[]} */
  const ratings = stats.ratings ?? [];
  const curves = await Promise.all(
    ratings.map(async (rating) => {
      const asked = `game=${encodeURIComponent(rating.game)}&pool=${rating.pool}&limit=${CURVE_GAMES}`;
      const { items } = await api.call('GET', `${base}/ratings?${asked}`);
      return { rating: whole(rating), moves: items.reverse().map(whole) };
    }),
  );
  return { player, stats, curves, bins: scores.bins, games: games.items, next: games.next_cursor };
}

/**
 * Ratings are shown without decimals.
 * @template {{rating: number, deviation: number}} Rated
 * @param {Rated} rated
 * @returns {Rated}
 */
function whole(rated) {
  return { ...rated, rating: Math.round(rated.rating), deviation: Math.round(rated.deviation) };
}

/** @param {unknown} error */
function tell(error) {
  if (!(error instanceof ApiError)) throw error;
  toast(error.message, 'problem');
}
