/** Style sheets of pages that the first load doesn't need. */

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/**
 * Load `styles/NAME.css`, each once.
 * @param {...string} names
 * @returns {Promise<unknown>} they are there, or failed: a page without its colours is better than none
 */
export function styles(...names) {
  return Promise.all(names.map((name) => loaded.get(name) ?? load(name)));
}

/** @param {string} name */
function load(name) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = `/styles/${name}.css`;
  /** @type {Promise<void>} */
  const done = new Promise((resolve) => {
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => resolve());
  });
  loaded.set(name, done);
  document.head.append(link);
  return done;
}
