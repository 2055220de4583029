/**
 * Which page an address leads to. A wing adds its pages as a table of patterns, each with the module to load.
 *
 * @typedef {object} Visit what a page is opened with
 * @property {Element} root where it is drawn
 * @property {import('./net/api.js').Api} api
 * @property {Readonly<Record<string, string>>} params the variable parts of the address, by name
 * @property {string} query what follows a question mark
 * @property {AbortSignal} signal aborted when the page is left, which may happen before it has opened
 *
 * @typedef {{open: (visit: Visit) => unknown}} Page may reject with `ApiError`: it is told, and the start page opens
 * @typedef {[pattern: string, load: () => Promise<Page>]} Route `rooms/:game` fits `#/rooms/ID` and gives `params.game`
 */

import { ApiError } from './net/api.js';

/**
 * Follow the address of this page.
 * @param {readonly Route[]} routes the first that fits is taken; the one without a pattern is the start page
 * @param {Element} root
 * @param {import('./net/api.js').Api} api
 */
export function runRouter(routes, root, api) {
  let present = new AbortController();

  async function navigate() {
    present.abort();
    const { signal } = (present = new AbortController());
    root.replaceChildren();
    const { load, params, query } = find(routes, location.hash);
    try {
      const page = await load();
      if (!signal.aborted) await page.open({ root, api, params, query, signal });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      (await import('./kit/toast.js')).toast(error.message, 'problem');
      if (!signal.aborted) location.hash = '#/';
    }
  }

  addEventListener('hashchange', () => void navigate());
  void navigate();
}

/** @param {readonly Route[]} routes @param {string} hash */
function find(routes, hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/');
  for (const [pattern, load] of routes) {
    const params = match(pattern.split('/'), parts);
    if (params) return { load, params, query };
  }
  const [, home] = routes.find(([pattern]) => pattern === '') ?? routes[0];
  return { load: home, params: {}, query };
}

/**
 * @param {string[]} pattern
 * @param {string[]} parts of the address; more than the pattern has are ignored
 * @returns {Record<string, string> | null} null: it doesn't fit
 */
function match(pattern, parts) {
  /** @type {Record<string, string>} */
  const params = {};
  for (const [i, name] of pattern.entries()) {
    if (name.startsWith(':') && parts[i]) params[name.slice(1)] = parts[i];
    else if (name !== parts[i]) return null;
  }
  return params;
}
