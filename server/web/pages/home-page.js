/** The start page: play at once, create a room, join one. */

import { ApiError } from '../net/api.js';
import { followLobby } from '../net/lobby-client.js';
import { findPlayers } from '../net/ticket.js';
import { strings } from '../strings.js';
import { delegate, patch } from '../ui/dom.js';
import { homeScreen } from '../ui/home-screen.js';
import { toast } from '../ui/toast.js';

const REFRESH_MS = 5_000;
const MOST_ROOMS = 20;

/** Bots that take their time, no clock for the human. */
const BOTS_ROOM = {
  game: 'eldorado',
  bots: 3,
  bot_level: 'steady',
  config: { max_players: 4, turn_seconds: 0, bot_delay_ms: 600, autostart: true },
  autostart: true,
  is_public: false,
};

/**
 * @typedef {object} Home
 * @property {string} name
 * @property {Record<string, any>[] | null} rooms null: not known
 * @property {boolean} busy a room is being opened
 */

/**
 * @param {Element} root
 * @param {import('../net/api.js').Api} api
 * @param {(answer: {game_id: string, ws_url?: string}) => void} enter goes to a room
 * @returns {() => void} leaves the page
 */
export function openHomePage(root, api, enter) {
  const end = new AbortController();
  const { signal } = end;
  /** @type {Home} */
  const home = { name: api.identity?.profile.display_name ?? '', rooms: [], busy: false };

  const draw = () => signal.aborted || patch(root, homeScreen(home));

  /** @param {() => Promise<any>} open */
  async function enterBy(open) {
    if (home.busy) return;
    home.busy = true;
    draw();
    try {
      enter(await open());
    } catch (error) {
      tell(error);
    } finally {
      home.busy = false;
      draw();
    }
  }

  let isLive = false;

  /** Fetch the list, as long as it does not come by itself. */
  async function refresh() {
    if (document.hidden || isLive) return;
    let rooms = null;
    try {
      rooms = (await api.call('GET', `/api/rooms?game=eldorado&limit=${MOST_ROOMS}`)).items;
    } catch {
      // It is not known then.
    }
    if (isLive) return;
    home.rooms = rooms;
    draw();
  }

  async function identify() {
    try {
      home.name = (await api.signIn()).profile.display_name;
      draw();
    } catch (error) {
      tell(error);
    }
  }

  /** @param {DOMStringMap} _ @param {HTMLElement} form */
  async function saveName(_, form) {
    const name = String(new FormData(/** @type {HTMLFormElement} */ (form)).get('name')).trim();
    if (!name) return;
    try {
      home.name = (await api.updateProfile({ display_name: name })).display_name ?? name;
      toast(strings.home.nameSaved);
      draw();
    } catch (error) {
      tell(error);
    }
  }

  delegate(
    root,
    {
      'find-players': () => enterBy(() => findPlayers(api)),
      'play-bots': () => enterBy(() => api.call('POST', '/api/rooms', BOTS_ROOM)),
      create: (_, form) =>
        enterBy(() => api.call('POST', '/api/rooms', roomWanted(/** @type {HTMLFormElement} */ (form)))),
      'join-code': (_, form) => {
        const code = String(new FormData(/** @type {HTMLFormElement} */ (form)).get('code'));
        return enterBy(() => api.call('POST', '/api/join', { join_code: code.trim().toUpperCase() }));
      },
      'join-room': ({ game }) => enterBy(() => api.call('POST', `/api/rooms/${game}/join`, {})),
      'watch-room': ({ game }) => enterBy(() => api.call('POST', `/api/rooms/${game}/join`, { role: 'spectator' })),
      'save-name': saveName,
    },
    signal,
  );
  const timer = setInterval(refresh, REFRESH_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  const lobby = new URL('/ws/lobby?game=eldorado', location.href.replace(/^http/, 'ws'));
  followLobby(
    lobby.href,
    (rooms) => {
      isLive = rooms !== null;
      if (rooms === null) return;
      home.rooms = rooms.slice(0, MOST_ROOMS);
      draw();
    },
    signal,
  );
  draw();
  void identify().then(refresh);
  return () => end.abort();
}

/** @param {HTMLFormElement} form */
function roomWanted(form) {
  const data = new FormData(form);
  const number = (/** @type {string} */ name) => Number(data.get(name));
  const seats = number('max_players');
  return {
    game: 'eldorado',
    config: { rounds: number('rounds'), max_players: seats, turn_seconds: number('turn_seconds'), bot_delay_ms: 600 },
    bots: Math.min(number('bots'), seats - 1),
    bot_level: 'steady',
    is_public: data.get('is_public') !== null,
  };
}

/** @param {unknown} error */
function tell(error) {
  if (!(error instanceof ApiError)) throw error;
  toast(error.message, 'problem');
}
