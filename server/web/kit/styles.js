/** Style sheets of pages that the first load doesn't need. */

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/**
 * Load style sheets, each once.
 * @param {...string} paths
 * @returns {Promise<unknown>} resolves also when one fails: a page without its colours is better than none
 */
export function styles(...paths) {
  return Promise.all(paths.map((path) => loaded.get(path) ?? load(path)));
}

/** @param {string} path */
function load(path) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = path;
  /** @type {Promise<void>} */
  const done = new Promise((resolve) => {
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => resolve());
  });
  loaded.set(path, done);
  document.head.append(link);
  return done;
}
