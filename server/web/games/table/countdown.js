/** Turns `data-deadline` (this browser's clock, ms) and `data-span` (ms) into `--left`, the share of the time that is left. */

const PERIOD_MS = 250;
const URGENT_MS = 10_000;

/**
 * @param {Element} root
 * @param {AbortSignal} signal ends it
 * @param {() => void} hurry called once when the viewer's time runs out
 */
export function runCountdowns(root, signal, hurry) {
  let hurried = '';
  const timer = setInterval(() => {
    for (const element of root.querySelectorAll('[data-deadline]')) {
      const { deadline, span } = /** @type {HTMLElement} */ (element).dataset;
      const left = Math.max(0, Number(deadline) - Date.now());
      /** @type {HTMLElement} */ (element).style.setProperty('--left', String(Math.min(1, left / Number(span))));
      element.classList.toggle('is-urgent', left < URGENT_MS);
      if (left < URGENT_MS && deadline && deadline !== hurried && element.closest('.own-seat')) {
        hurried = deadline;
        hurry();
      }
    }
  }, PERIOD_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}
