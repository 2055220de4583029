/** The keyboard at the table: arrows and Enter for cards, digits and Enter for bids. */

import { FIELDS, onKeys } from '../../kit/keys.js';

const DIGITS_MS = 900;

/**
 * @param {Element} root
 * @param {AbortSignal} signal ends it
 */
export function runKeyboard(root, signal) {
  let typed = '';
  let typedAt = 0;

  /** A two-digit bid is typed as two digits in quick succession. @param {string} digit */
  function selectBid(digit) {
    const now = performance.now();
    const longer = now - typedAt < DIGITS_MS ? typed + digit : digit;
    const button = bidButton(longer) ?? bidButton(digit);
    typed = button && bidButton(longer) ? longer : digit;
    typedAt = now;
    button?.focus();
    return button !== null;
  }

  /** @param {string} value @returns {HTMLElement | null} */
  const bidButton = (value) => root.querySelector(`[data-action="bid"][data-value="${Number(value)}"]:not(:disabled)`);

  onKeys(
    FIELDS,
    ({ key }) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[key];
      return step ? moveFocus(root, step) : /^\d$/.test(key) && selectBid(key);
    },
    signal,
  );
}

/**
 * Move among the bids while they are offered, else among the cards; playable ones first when there are any.
 * @param {Element} root
 * @param {number} step
 */
function moveFocus(root, step) {
  const find = (/** @type {string} */ selector) => Array.from(root.querySelectorAll(selector));
  const bids = find('[data-action="bid"]:not(:disabled)');
  const playable = find('.hand .card.is-playable');
  const choices = /** @type {HTMLElement[]} */ (
    bids.length > 0 ? bids : playable.length > 0 ? playable : find('.hand .card')
  );
  if (choices.length === 0) return false;
  const at = choices.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const entry = step > 0 ? 0 : choices.length - 1;
  choices[at < 0 ? entry : (at + step + choices.length) % choices.length].focus();
  return true;
}
