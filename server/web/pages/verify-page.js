/** The page on which anybody checks the shuffle of a finished game: `#/verify/GAME`. */

import { canVerify, fetchLog, verify } from '../play/verify.js';
import { strings } from '../strings.js';
import { h, patch } from '../ui/dom.js';
import { verification } from '../ui/verification.js';

/**
 * Check a game and tell how it goes.
 * @param {import('../net/api.js').Api} api
 * @param {string} gameId
 * @param {(told: import('../ui/verification.js').Verification) => void} tell
 * @param {string} [promised] the commitment that this browser was told before the game
 */
export async function checkGame(api, gameId, tell, promised) {
  if (!canVerify()) {
    tell({ note: strings.verify.insecure });
    return;
  }
  tell({ note: strings.verify.busy });
  try {
    tell({ finding: await verify(gameId, await fetchLog(api, gameId), promised) });
  } catch (error) {
    tell({ note: /** @type {Error} */ (error).message });
  }
}

/**
 * @param {Element} root
 * @param {import('../net/api.js').Api} api
 * @param {string} gameId
 * @returns {() => void} leaves the page
 */
export function openVerifyPage(root, api, gameId) {
  let isOpen = true;
  void checkGame(api, gameId, (told) => {
    if (isOpen) patch(root, verifyScreen(told));
  });
  return () => (isOpen = false);
}

/** @param {import('../ui/verification.js').Verification} told */
function verifyScreen(told) {
  return h(
    'main',
    { class: 'page' },
    h(
      'section',
      { class: 'panel result' },
      h('h1', null, strings.verify.title),
      verification(told),
      h('div', { class: 'choices' }, h('a', { class: 'button', href: '#/' }, strings.toHome)),
    ),
  );
}
