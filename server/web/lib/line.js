/** One seat's line to one room, as a page of any game uses it: what happens as events, commands as promises. */

import { ParlorClient } from '../net/parlor-client.js';

/**
 * @typedef {Record<string, any>} View what the server shows this seat
 * @typedef {{index: number, name: string, at: number, data: Record<string, any>}} GameEvent
 * @typedef {{name: string, args: Record<string, any>}} Action a complete legal command
 * @typedef {(view: View, event: GameEvent) => View | null} Fold null: not understood, the server is asked
 *
 * @typedef {object} Happenings what `on` may be asked for, and what its listener is given
 * @property {View} view the view has changed
 * @property {GameEvent} event one of the log, in order, each once on every line
 * @property {{deadline_at: number | null, actions: Action[]} | null} turn an offer to move; null: it has ended
 * @property {import('../net/parlor-client.js').Link} link the state of the line
 * @property {{paused: boolean, reason: string | null}} status the room is paused, or goes on
 * @property {Record<string, any>} chat a frame of the chat
 * @property {number} spectators how many watch
 * @property {string} rematch the id of the room where the same players go on
 * @property {string} notice what the operator tells everybody
 */

/** A command that the server refused; `code` is one of the protocol's, `message` may be shown to people. */
export class Refusal extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Line {
  /** The latest view, or null before the first. @type {View | null} */
  view = null;
  /** The offer to move, while it stands. @type {Happenings['turn']} */
  turn = null;
  /** @type {import('../net/parlor-client.js').Link} */
  link = 'connecting';
  #client;
  #fold;
  /** @type {Map<string, {done: (ack: {first: number, last: number}) => void, refused: (why: Refusal) => void}>} */
  #waiting = new Map();
  /** @type {Map<string, Set<(value: any) => void>>} */
  #listeners = new Map();
  /** A view was asked for; `isStale`: something has happened since. */
  #asked = false;
  #isStale = false;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {string} options.outboxKey
   * @param {import('../net/api.js').Api} options.credentials
   * @param {Fold} [options.fold]
   */
  constructor({ url, outboxKey, credentials, fold }) {
    this.#fold = fold;
    this.#client = new ParlorClient({
      url,
      outboxKey,
      credentials,
      handlers: {
        onLink: (link) => this.#tell('link', (this.link = link)),
        onWelcome: () => (this.#asked = false),
        onState: (state) => this.#state(state.view),
        onEvent: (event) => this.#event(/** @type {any} */ (event)),
        onTurn: (turn) => this.#tell('turn', (this.turn = /** @type {any} */ (turn))),
        onStatus: (status) => this.#tell('status', /** @type {any} */ (status)),
        onAck: ({ id, first, last }) => this.#settle(id)?.done({ first, last }),
        onReject: ({ id, code, message }) => this.#settle(id)?.refused(new Refusal(code, message)),
        onSpectators: (count) => this.#tell('spectators', count),
        onChat: (frame) => this.#tell('chat', frame),
        onRematch: (gameId) => this.#tell('rematch', gameId),
        onNotice: (text) => this.#tell('notice', text),
      },
    });
    this.#client.connect();
  }

  /**
   * @template {keyof Happenings} What
   * @param {What} what
   * @param {(value: Happenings[What]) => void} listener
   * @returns {() => void} ends it
   */
  on(what, listener) {
    const listeners = this.#listeners.get(what) ?? new Set();
    this.#listeners.set(what, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /**
   * Send a command: at once, or as soon as the line is back, also after a reload. It is done once, however often it
   * has to be sent.
   * @param {string} name
   * @param {Record<string, unknown>} [args]
   * @returns {Promise<{first: number, last: number}>} it is committed, with the indexes of its events; rejects with a
   *   `Refusal`; waits as long as the line is down
   */
  send(name, args = {}) {
    return new Promise((done, refused) => this.#waiting.set(this.#client.command(name, args), { done, refused }));
  }

  /** Come back at once: after `replaced`, or to cut a wait short. */
  connect() {
    this.#client.connect();
  }

  /** Leave the page, not the seat. */
  close() {
    this.#client.close();
  }

  /** @param {View} view */
  #state(view) {
    this.#asked = false;
    this.view = view;
    if (!view.turn || view.turn.player_id !== view.you?.player_id) this.#turnOver();
    this.#tell('view', view);
    if (this.#isStale) this.#refresh();
  }

  /** @param {GameEvent} event */
  #event(event) {
    this.#tell('event', event);
    if (this.#fold === undefined) {
      this.#refresh();
      return true;
    }
    const view = this.view && this.#fold(this.view, event);
    if (view === null) return false;
    this.view = view;
    if (view.turn === null) this.#turnOver();
    this.#tell('view', view);
    return true;
  }

  /** Ask for the view, once at a time. */
  #refresh() {
    this.#isStale = this.#asked;
    if (this.#asked) return;
    this.#asked = true;
    this.#client.refresh();
  }

  #turnOver() {
    if (this.turn !== null) this.#tell('turn', (this.turn = null));
  }

  /** @param {string} id */
  #settle(id) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /**
   * @template {keyof Happenings} What
   * @param {What} what
   * @param {Happenings[What]} value
   */
  #tell(what, value) {
    for (const listener of this.#listeners.get(what) ?? []) listener(value);
  }
}
