/** The keyboard of a replay: what a key does, by its name. */

import { onKeys } from '../../kit/keys.js';

/** @type {Record<string, string>} */
const KEYS = {
  ' ': 'play',
  k: 'play',
  ArrowLeft: 'move-back',
  ArrowRight: 'move-on',
  ArrowUp: 'round-back',
  ArrowDown: 'round-on',
  Home: 'start',
  End: 'end',
  '+': 'faster',
  '-': 'slower',
  0: 'open',
  s: 'watching',
  c: 'copy-link',
  f: 'fork',
  '?': 'help',
};

/**
 * @param {(action: string, data: Record<string, string>) => boolean} run false: there is no such action
 * @param {AbortSignal} signal ends it
 */
export function runReplayKeyboard(run, signal) {
  onKeys(
    'select, textarea, dialog[open], input:not([type=range])',
    (event) => {
      const target = /** @type {Element} */ (event.target);
      // On a button the space bar presses it; in a list the arrows scroll.
      if (event.key === ' ' && target.closest('button, a')) return false;
      if (/^Arrow(Up|Down)$/.test(event.key) && target.closest('.scroll, .moves, .moments')) return false;
      if (/^[1-9]$/.test(event.key)) return run('seat', { seat: String(Number(event.key) - 1) });
      const action = wanted(event);
      return action !== undefined && run(action, {});
    },
    signal,
  );
}

/** @param {KeyboardEvent} event @returns {string | undefined} */
function wanted(event) {
  if (event.shiftKey && event.key === 'ArrowLeft') return 'trick-back';
  if (event.shiftKey && event.key === 'ArrowRight') return 'trick-on';
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}
