/**
 * Parlor's client for pages of any game: `import { Parlor } from '/lib/parlor.js'`. It keeps a guest identity, opens
 * and joins rooms, resumes after every interruption and makes every command exactly once. It knows no game's rules;
 * docs/browser-client.md is its description.
 */

import { Api } from '../net/api.js';
import { socketUrl } from '../net/sockets.js';
import { Line } from './line.js';

export { ApiError } from '../net/api.js';
export { Line, Refusal } from './line.js';

/**
 * @typedef {{game_id: string, ws_url?: string, join_code?: string, seat?: number | null}} Place where one may enter
 * @typedef {import('../net/api.js').Profile} Profile
 */

export class Parlor {
  #api = new Api();

  /** Who this browser is: a guest that it keeps, a new one the first time. @returns {Promise<{player_id: string, profile: Profile}>} */
  async me() {
    const { player_id, profile } = await this.#api.signIn();
    return { player_id, profile };
  }

  /** @param {Partial<Profile>} changes @returns {Promise<Profile>} */
  rename(changes) {
    return this.#api.updateProfile(changes);
  }

  /**
   * A new room; this player is its host.
   * @param {{game: string, config?: Record<string, unknown>, bots?: number, bot_level?: string, is_public?: boolean,
   *   autostart?: boolean, as?: 'player' | 'spectator'}} wanted
   * @returns {Promise<Place>}
   */
  open(wanted) {
    return this.#api.call('POST', '/api/rooms', wanted);
  }

  /** A seat, or a place to watch from, in the room with this join code. @param {string} code @param {'player' | 'spectator'} [role] @returns {Promise<Place>} */
  join(code, role = 'player') {
    return this.#api.call('POST', '/api/join', { join_code: code, role });
  }

  /** A seat in any room of this game, with others who look for one too. @param {string} game @returns {Promise<Place>} */
  find(game) {
    return this.#api.call('POST', '/api/matchmake', { game });
  }

  /** The public rooms, newest first. @param {string} game @returns {Promise<Record<string, any>[]>} */
  async rooms(game) {
    return (await this.#api.call('GET', `/api/rooms?game=${encodeURIComponent(game)}`)).items;
  }

  /**
   * Connect to a room, by what `open`, `join` or `find` answered or by its id; again after a reload.
   * @param {Place | string} place
   * @param {{fold?: import('./line.js').Fold}} [options] `fold` applies an event to the view; without one the server
   *   is asked for the view after every change
   */
  async enter(place, options = {}) {
    const { player_id } = await this.#api.signIn();
    const { game_id, ws_url } = typeof place === 'string' ? { game_id: place, ws_url: undefined } : place;
    const outboxKey = `parlor.outbox.${game_id}.${player_id}`;
    return new Line({ url: ws_url ?? socketUrl(`/ws/rooms/${encodeURIComponent(game_id)}`), outboxKey, credentials: this.#api, ...options });
  }
}
