/** Waiting for a moment in which the browser has nothing to do. */

const LATEST_MS = 250;
/** For browsers that don't tell when they are idle. */
const SOON_MS = 50;

/** @returns {Promise<unknown>} resolves when the browser is idle, at the latest after 250 ms */
export function idle() {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) window.requestIdleCallback(resolve, { timeout: LATEST_MS });
    else setTimeout(resolve, SOON_MS);
  });
}
