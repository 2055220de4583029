/** Where the browser client begins: the pages of all wings, and what every page has. */

import { delegate } from './kit/dom.js';
import { Api } from './net/api.js';
import { pages as play } from './play/pages.js';
import { runRouter } from './router.js';

// The address of a game as people pass it on: `/games/GAME#at=137`.
const shared = /^\/games\/([^/]+)$/.exec(location.pathname);
if (shared) history.replaceState(null, '', `/#/games/${shared[1]}?${location.hash.slice(1)}`);

delegate(
  document.body,
  { preferences: async () => (await import('./kit/preferences.js')).openPreferences() },
  new AbortController().signal,
);
/** @type {import('./router.js').Route[]} */
const pages = [
  ...play,
];
runRouter(pages, /** @type {Element} */ (document.getElementById('app')), new Api());
