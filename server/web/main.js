/** The router: `#/` start page, `#/rooms/GAME` a room, `#/join/CODE` an invitation, `#/verify/GAME` a check. */

import { Api, ApiError } from './net/api.js';
import { openHomePage } from './pages/home-page.js';
import { openRoomPage } from './pages/room-page.js';
import { openVerifyPage } from './pages/verify-page.js';
import { toast } from './ui/toast.js';

const api = new Api();
const root = /** @type {Element} */ (document.getElementById('app'));
let leave = () => {};
/** Counts navigations, so that one that was overtaken while it waited stops. */
let navigation = 0;

addEventListener('hashchange', () => void navigate());
void navigate();

async function navigate() {
  const mine = ++navigation;
  leave();
  leave = () => {};
  root.replaceChildren();
  const [, page, id] = location.hash.replace(/^#/, '').split('/');
  try {
    if (page === 'rooms' && id) {
      const close = await openRoomPage(root, api, id, socketUrl(id));
      if (mine === navigation) leave = close;
      else close();
    } else if (page === 'verify' && id) {
      leave = openVerifyPage(root, api, id);
    } else if (page === 'join' && id) {
      const answer = await api.call('POST', '/api/join', { join_code: id.toUpperCase() });
      if (mine === navigation) enter(answer, true);
    } else {
      leave = openHomePage(root, api, enter);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.message, 'problem');
    if (mine === navigation) location.hash = '#/';
  }
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
