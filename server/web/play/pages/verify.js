/** The page on which anybody checks the shuffle of a finished game: `#/verify/GAME`. */

import { loadClient } from '../../games/clients.js';
import { strings } from '../../i18n/strings.js';
import { delegate, h, patch } from '../../kit/dom.js';
import { topBar } from '../../kit/bar.js';
import { styles } from '../../kit/styles.js';
import { ApiError } from '../../net/api.js';
import { verify as t } from '../strings/verify.js';

/** @param {import('../../router.js').Visit} visit */
export async function open({ root, api, params, signal }) {
  const gameId = params.game;
  /** @type {import('../../games/contract.js').Fairness | null} */
  let fairness = null;
  const show = (/** @type {import('../../kit/dom.js').Child} */ found, isDone = false) =>
    signal.aborted || patch(root, topBar(h('span', { class: 'progress' })), screen(found, isDone, gameId));

  async function check() {
    if (!fairness) return show(note(t.noCheck));
    const { checkGame, verification } = fairness;
    await checkGame(api, gameId, (found) => show(verification(found), Boolean(found.finding)));
  }

  delegate(root, { verify: () => void check() }, signal);
  void styles('/styles/table.css', '/play/styles/beside.css');
  try {
    const { game } = await api.call('GET', `/api/games/${encodeURIComponent(gameId)}`);
    fairness = (await (await loadClient(game)).fairness?.()) ?? null;
    await check();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    show(note(error.message));
  }
}

/** @param {string} text */
function note(text) {
  return h('p', { key: 'note', role: 'status' }, text);
}

/** @param {import('../../kit/dom.js').Child} found @param {boolean} isDone @param {string} gameId */
function screen(found, isDone, gameId) {
  return h(
    'main',
    { key: 'verify', class: 'page' },
    h(
      'section',
      { class: 'panel result' },
      h('h1', null, t.title),
      found,
      h(
        'div',
        { class: 'choices' },
        h(
          'button',
          { key: 'again', type: 'button', class: 'is-primary', 'data-action': 'verify', disabled: !isDone },
          t.again,
        ),
        h('a', { key: 'replay', class: 'button', href: `#/games/${gameId}` }, t.watch),
        h('a', { key: 'home', class: 'button is-quiet', href: '#/' }, strings.toHome),
      ),
    ),
  );
}
