/** What can wait until the page stands. */

const LATEST_MS = 250;
/** Where browsers can't tell when they have nothing to do. */
const SOON_MS = 50;

/** @returns {Promise<unknown>} the browser has nothing better to do, or it has waited long enough */
export function idle() {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) window.requestIdleCallback(resolve, { timeout: LATEST_MS });
    else setTimeout(resolve, SOON_MS);
  });
}
