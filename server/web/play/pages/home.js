/** The start page: play at once, create a room, join one, watch one; what was played and who leads. */

import { FEATURED, loadClient, loadWelcome } from '../../games/clients.js';
import { idle } from '../../kit/idle.js';
import { styles } from '../../kit/styles.js';
import { ApiError } from '../../net/api.js';
import { followLobby } from '../../net/lobby-client.js';
import { socketUrl } from '../../net/sockets.js';
import { botLevels, leaders, recentGames } from '../catalogue.js';
import { enter } from '../entrance.js';
import { USUAL_LEVEL } from '../parts/levels.js';
import { home as s } from '../strings/home.js';
import { delegate, patch } from '../../kit/dom.js';
import { homeScreen } from '../parts/home-screen.js';

export const sheets = ['/play/styles/home.css'];

const REFRESH_MS = 5_000;
const MOST_ROOMS = 20;
const LEVEL_KEY = 'parlor.level';

/** Bots that take their time; no time limit for the player. */
const BOTS_ROOM = {
  game: FEATURED,
  bots: 3,
  config: { max_players: 4, turn_seconds: 0, bot_delay_ms: 600, autostart: true },
  autostart: true,
  is_public: false,
};

/** Drawn in grey until the player is known, so that nothing moves then. */
const NOBODY = { display_name: '', avatar_seed: '', color: '#8a8f94' };

/**
 * @typedef {object} Home
 * @property {import('../../games/contract.js').Welcome} welcome
 * @property {import('../../net/api.js').Profile} profile
 * @property {string} playerId empty before it is known
 * @property {Record<string, any>[] | null} rooms null: not known
 * @property {Record<string, any>[] | null | undefined} recent the player's finished games; undefined: asked for
 * @property {Record<string, any>[] | null | undefined} leaders who has won most
 * @property {string[]} levels of bots
 * @property {string} level the one chosen here before
 * @property {boolean} busy a room is being opened
 */

/** @param {import('../../router.js').Visit} visit */
export async function open({ root, api, signal }) {
  const [{ welcome }] = await Promise.all([loadWelcome(), styles(...sheets)]);
  if (signal.aborted) return;
  /** @type {Home} */
  const home = {
    welcome,
    profile: api.identity?.profile ?? NOBODY,
    playerId: api.identity?.player_id ?? '',
    rooms: [],
    recent: undefined,
    leaders: undefined,
    levels: [],
    level: localStorage.getItem(LEVEL_KEY) ?? USUAL_LEVEL,
    busy: false,
  };

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
      rooms = (await api.call('GET', `/api/rooms?game=${FEATURED}&limit=${MOST_ROOMS}`)).items;
    } catch {
      // It is not known then.
    }
    if (isLive) return;
    home.rooms = rooms;
    draw();
  }

  async function begin() {
    try {
      ({ profile: home.profile, player_id: home.playerId } = await api.signIn());
    } catch (error) {
      tell(error);
    }
    draw();
    void refresh();
    [home.levels, home.recent, home.leaders] = await Promise.all([botLevels(api), recentGames(api), leaders(api)]);
    draw();
  }

  function follow() {
    followLobby(
      socketUrl(`/ws/lobby?game=${FEATURED}`),
      (rooms) => {
        isLive = rooms !== null;
        if (rooms === null) return;
        home.rooms = rooms.slice(0, MOST_ROOMS);
        draw();
      },
      signal,
    );
  }

  /** @param {Partial<import('../../net/api.js').Profile>} changes */
  async function changeProfile(changes) {
    try {
      home.profile = { ...home.profile, ...(await api.updateProfile(changes)) };
      draw();
      return true;
    } catch (error) {
      tell(error);
      return false;
    }
  }

  /** @param {DOMStringMap} _ @param {HTMLElement} form */
  async function saveName(_, form) {
    const name = String(new FormData(/** @type {HTMLFormElement} */ (form)).get('name')).trim();
    if (name && (await changeProfile({ display_name: name }))) void toast(s.nameSaved);
  }

  async function changeFace() {
    const { openProfileEditor } = await import('../parts/profile-editor.js');
    openProfileEditor(home.profile, changeProfile);
  }

  delegate(
    root,
    {
      'find-players': () => enterBy(async () => (await import('../ticket.js')).findPlayers(api)),
      'play-bots': (_, form) => {
        home.level = String(new FormData(/** @type {HTMLFormElement} */ (form)).get('level') ?? home.level);
        localStorage.setItem(LEVEL_KEY, home.level);
        return enterBy(() => api.call('POST', '/api/rooms', { ...BOTS_ROOM, bot_level: knownLevel(home) }));
      },
      create: (_, form) =>
        enterBy(() => api.call('POST', '/api/rooms', roomWanted(welcome, /** @type {HTMLFormElement} */ (form)))),
      'join-code': (_, form) => {
        const code = String(new FormData(/** @type {HTMLFormElement} */ (form)).get('code'));
        return enterBy(() => api.call('POST', '/api/join', { join_code: codeOf(code) }));
      },
      'join-room': ({ game }) => enterBy(() => api.call('POST', `/api/rooms/${game}/join`, {})),
      'watch-room': ({ game }) => enterBy(() => api.call('POST', `/api/rooms/${game}/join`, { role: 'spectator' })),
      'save-name': saveName,
      'change-face': changeFace,
    },
    signal,
  );
  const timer = setInterval(refresh, REFRESH_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  draw();
  void begin();
  follow();
  // From here people go to a table: let it be there when they do.
  void idle().then(() => Promise.all([import('./room.js'), import('../parts/room-page.js'), loadClient(FEATURED)]));
}

/** A level that this server doesn't have would be refused. @param {Home} home */
function knownLevel({ level, levels }) {
  return levels.length === 0 || levels.includes(level) ? level : USUAL_LEVEL;
}

/** The code, also out of a pasted link. @param {string} text */
function codeOf(text) {
  return (text.trim().split('/').pop() ?? '').toUpperCase();
}

/** @param {import('../../games/contract.js').Welcome} welcome @param {HTMLFormElement} form */
function roomWanted({ settings }, form) {
  const data = new FormData(form);
  const number = (/** @type {string} */ name) => Number(data.get(name));
  const seats = number('max_players');
  const own = Object.fromEntries(settings.choices.map(({ name }) => [name, number(name)]));
  return {
    game: FEATURED,
    config: { ...own, max_players: seats, turn_seconds: number('turn_seconds'), bot_delay_ms: 600 },
    bots: Math.min(number('bots'), seats - 1),
    bot_level: String(data.get('bot_level') ?? USUAL_LEVEL),
    is_public: data.get('is_public') !== null,
  };
}

/** @param {unknown} error */
function tell(error) {
  if (!(error instanceof ApiError)) throw error;
  void toast(error.message, 'problem');
}

/** @param {string} text @param {'note' | 'problem'} [kind] */
async function toast(text, kind) {
  (await import('../../kit/toast.js')).toast(text, kind);
}
