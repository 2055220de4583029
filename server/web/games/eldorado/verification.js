/** What the check of the shuffle has found, in words, with the numbers that it was computed from. */

import { texts } from '../../i18n/strings.js';
import { h } from '../../kit/dom.js';
import { canVerify, fetchLog, verify } from './verify.js';

const words = await texts({ en: () => import('./strings/en/verify.js'), de: () => import('./strings/de/verify.js') });

/**
 * @typedef {import('./verify.js').Finding} Finding
 * @typedef {object} Verification
 * @property {string} [note] where the check stands, or why there is none
 * @property {Finding} [finding]
 * @property {import('./verify.js').Check[]} [checks] what was looked at so far
 */

/**
 * Check a game and tell how it goes.
 * @param {import('../../net/api.js').Api} api
 * @param {string} gameId
 * @param {(told: Verification) => void} tell
 * @param {string} [promised] the commitment that this browser was told before the game
 */
export async function checkGame(api, gameId, tell, promised) {
  if (!canVerify()) {
    tell({ note: words.insecure });
    return;
  }
  tell({ note: words.busy });
  try {
    const log = await fetchLog(api, gameId);
    const onCheck = (/** @type {import('./verify.js').Check[]} */ checks) => tell({ note: words.busy, checks });
    const finding = await verify(gameId, log, promised, onCheck);
    tell({ finding, checks: finding.checks });
  } catch (error) {
    tell({ note: /** @type {Error} */ (error).message });
  }
}

/** @param {Verification} verification */
export function verification({ note, finding, checks = [] }) {
  return h(
    'div',
    { key: 'verification', class: 'verification' },
    h(
      'p',
      { class: `verdict is-${finding?.verdict ?? 'open'}`, role: 'status' },
      finding ? verdict(finding) : (note ?? ''),
    ),
    checks.length > 0 && h('ol', { key: 'checks', class: 'checks' }, checks.map(checked)),
    finding && numbers(finding),
  );
}

/** @param {import('./verify.js').Check} check */
function checked({ what, round = 0, cards = 0, fits }) {
  const s = words.checks;
  const said = fits ? s.fits : s.differs;
  return h(
    'li',
    { key: `${what}.${round}`, class: fits ? 'is-fair' : 'is-unfair' },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, fits ? '✓' : '✗'),
    h('span', null, what === 'deal' ? said.deal(round, cards) : said[what]),
  );
}

/** @param {Finding} finding */
function verdict({ verdict, wrong, round, rounds, isFork }) {
  const s = words;
  if (verdict === 'unfinished') return s.unfinished;
  if (verdict === 'fair') return isFork ? `${s.fair(rounds)} ${s.fork}` : s.fair(rounds);
  return s.unfair(wrong === 'deal' ? s.wrong.deal(round ?? 0) : s.wrong[wrong ?? 'log']);
}

/** @param {Finding} finding */
function numbers({ commitment, seed, shares }) {
  const s = words;
  return h(
    'details',
    null,
    h('summary', null, s.how),
    h('p', null, s.explanation),
    h(
      'dl',
      { class: 'numbers' },
      h('dt', null, s.commitment),
      h('dd', null, h('code', null, commitment)),
      h('dt', null, s.seed),
      h('dd', null, seed ? h('code', null, seed) : s.secret),
      shares.map((share) => [
        h('dt', null, s.shareOf(share.name)),
        h('dd', null, share.seed ? h('code', null, share.seed) : s.noShare),
      ]),
    ),
  );
}
