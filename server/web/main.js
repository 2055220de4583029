/**
 * The router: `#/` start page, `#/rooms/GAME` a room, `#/join/CODE` an invitation, `#/new/NAME` a new room of any game,
 * `#/verify/GAME` a check, `#/games/GAME` a replay, `#/players/PLAYER` somebody's profile, `#/leaderboards/METRIC` the
 * best. Each page is loaded when it is asked for.
 */

import { Api, ApiError } from './net/api.js';
import { delegate } from './kit/dom.js';
import { idle } from './kit/idle.js';
import { styles } from './kit/styles.js';

const api = new Api();
const root = /** @type {Element} */ (document.getElementById('app'));
let leave = () => {};
/** Counts navigations, so that one that was overtaken while it waited stops. */
let navigation = 0;

/**
 * Pages by the first part of the address: each is opened with what follows it and gives what leaves it again.
 * @type {Record<string, (id: string) => Promise<() => void>>}
 */
const PAGES = {
  rooms: openRoom,
  verify: async (id) => (await import('./play/pages/verify.js')).openVerifyPage(root, api, id),
  players: async (id) => (await import('./play/pages/profile.js')).openProfilePage(root, api, id),
  leaderboards: async (id) => (await import('./play/pages/leaderboards.js')).openLeaderboardsPage(root, api, id),
  games: async (id) => {
    const [gameId, query = ''] = id.split('?');
    return (await import('./games/eldorado/replay/page.js')).openReplayPage(root, api, gameId, query, enter);
  },
};

// The address of a game as people pass it on: `/games/GAME#at=137`.
const shared = /^\/games\/([^/]+)$/.exec(location.pathname);
if (shared) history.replaceState(null, '', `/#/games/${shared[1]}?${location.hash.slice(1)}`);

addEventListener('hashchange', () => void navigate());
delegate(
  document.body,
  { preferences: async () => (await import('./kit/preferences.js')).openPreferences() },
  new AbortController().signal,
);
void navigate();

async function navigate() {
  const mine = ++navigation;
  leave();
  leave = () => {};
  root.replaceChildren();
  const [, page, id] = location.hash.replace(/^#/, '').split('/');
  try {
    if (Object.hasOwn(PAGES, page ?? '') && (id || page === 'leaderboards')) {
      const close = await PAGES[page](id ?? '');
      if (mine === navigation) leave = close;
      else close();
    } else if (page === 'new' && id) {
      const answer = await api.call('POST', '/api/rooms', { game: id, is_public: false });
      if (mine === navigation) enter(answer, true);
    } else if (page === 'join' && id) {
      const answer = await api.call('POST', '/api/join', { join_code: id.toUpperCase() });
      if (mine === navigation) enter(answer, true);
    } else {
      const [{ openHomePage }] = await Promise.all([import('./play/pages/home.js'), styles('home')]);
      if (mine !== navigation) return;
      leave = openHomePage(root, api, enter);
      // From here people go to a table: let it be there when they do.
      void idle().then(() => Promise.all([import('./play/pages/room.js'), import('./play/room.js')]));
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    (await import('./kit/toast.js')).toast(error.message, 'problem');
    if (mine === navigation) location.hash = '#/';
  }
}

/** The room connects while its page is still being loaded. @param {string} gameId */
async function openRoom(gameId) {
  const page = import('./play/pages/room.js');
  const [{ Room }] = await Promise.all([import('./play/room.js'), api.signIn()]);
  const room = new Room({ gameId, url: socketUrl(gameId), api });
  room.connect();
  return (await page).openRoomPage(root, api, room);
}

/**
 * Go to a room that the server has let us into.
 * @param {{game_id: string, ws_url?: string}} answer
 * @param {boolean} [replaces] the present page shall not stand in the history: going back would join again
 */
function enter({ game_id, ws_url }, replaces = false) {
  if (ws_url) sessionStorage.setItem(urlKey(game_id), ws_url);
  const hash = `#/rooms/${game_id}`;
  if (replaces) location.replace(hash);
  else location.hash = hash;
}

/**
 * Where the room is hosted: as the server said when we joined, else here, from where we will be sent on.
 * @param {string} gameId
 */
function socketUrl(gameId) {
  const told = sessionStorage.getItem(urlKey(gameId));
  if (told) return told;
  const here = new URL(`/ws/rooms/${encodeURIComponent(gameId)}`, location.href);
  here.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return here.href;
}

/** @param {string} gameId */
function urlKey(gameId) {
  return `parlor.url.${gameId}`;
}
