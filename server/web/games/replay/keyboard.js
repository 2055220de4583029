/** The keyboard of a replay: what a key does, by its name. */

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
  document.addEventListener(
    'keydown',
    (event) => {
      const target = /** @type {Element} */ (event.target);
      if (
        event.ctrlKey ||
        event.altKey ||
        event.metaKey ||
        target.closest('select, textarea, dialog[open], input:not([type=range])')
      )
        return;
      // Buttons keep their space bar, lists that scroll their arrows up and down.
      if (event.key === ' ' && target.closest('button, a')) return;
      if (/^Arrow(Up|Down)$/.test(event.key) && target.closest('.scroll, .moves, .moments')) return;
      const [action, data] = /^[1-9]$/.test(event.key)
        ? ['seat', { seat: String(Number(event.key) - 1) }]
        : [wanted(event), {}];
      if (action && run(action, data)) event.preventDefault();
    },
    { signal },
  );
}

/** @param {KeyboardEvent} event */
function wanted(event) {
  if (event.shiftKey && event.key === 'ArrowLeft') return 'trick-back';
  if (event.shiftKey && event.key === 'ArrowRight') return 'trick-on';
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}
