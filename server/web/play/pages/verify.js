/** The page on which anybody checks the shuffle of a finished game: `#/verify/GAME`. */

import { canVerify, fetchLog, verify } from '../../games/eldorado/verify.js';
import { strings, texts } from '../../i18n/strings.js';
import { topBar } from '../../kit/bar.js';
import { delegate, h, patch } from '../../kit/dom.js';
import { styles } from '../../kit/styles.js';
import { verification } from '../../games/eldorado/verification.js';

const said = await texts({ en: () => import('../../games/eldorado/strings/en/verify.js'), de: () => import('../../games/eldorado/strings/de/verify.js') });

/**
 * Check a game and tell how it goes.
 * @param {import('../../net/api.js').Api} api
 * @param {string} gameId
 * @param {(told: import('../../games/eldorado/verification.js').Verification) => void} tell
 * @param {string} [promised] the commitment that this browser was told before the game
 */
export async function checkGame(api, gameId, tell, promised) {
  if (!canVerify()) {
    tell({ note: said.insecure });
    return;
  }
  tell({ note: said.busy });
  try {
    const log = await fetchLog(api, gameId);
    const onCheck = (/** @type {import('../../games/eldorado/verify.js').Check[]} */ checks) => tell({ note: said.busy, checks });
    const finding = await verify(gameId, log, promised, onCheck);
    tell({ finding, checks: finding.checks });
  } catch (error) {
    tell({ note: /** @type {Error} */ (error).message });
  }
}

/**
 * @param {Element} root
 * @param {import('../../net/api.js').Api} api
 * @param {string} gameId
 * @returns {() => void} leaves the page
 */
export function openVerifyPage(root, api, gameId) {
  let isOpen = true;
  const end = new AbortController();
  const check = () =>
    checkGame(api, gameId, (told) => {
      if (isOpen) patch(root, topBar(h('span', { class: 'progress' })), verifyScreen(told, gameId));
    });
  delegate(root, { verify: () => void check() }, end.signal);
  void styles('table', 'beside');
  void check();
  return () => {
    isOpen = false;
    end.abort();
  };
}

/** @param {import('../../games/eldorado/verification.js').Verification} told @param {string} gameId */
function verifyScreen(told, gameId) {
  return h(
    'main',
    { key: 'verify', class: 'page' },
    h(
      'section',
      { class: 'panel result' },
      h('h1', null, said.title),
      verification(told),
      h(
        'div',
        { class: 'choices' },
        h(
          'button',
          { key: 'again', type: 'button', class: 'is-primary', 'data-action': 'verify', disabled: !told.finding },
          said.again,
        ),
        h('a', { key: 'replay', class: 'button', href: `#/games/${gameId}` }, said.watch),
        h('a', { key: 'home', class: 'button is-quiet', href: '#/' }, strings.toHome),
      ),
    ),
  );
}
