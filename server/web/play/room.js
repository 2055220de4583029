/**
 * One room as this player knows it: the true view and the one on display, whose move it is, what is under way.
 * Joins the connection, the fold and the pacing; pages read it and call `act`.
 */

import { ParlorClient } from '../net/parlor-client.js';
import { Chat } from './chat.js';
import { foldTable } from '../games/table/fold.js';
import { Pacer } from './pacer.js';

/**
 * @typedef {import('../games/table/fold.js').View} View
 * @typedef {import('../games/table/fold.js').RoomEvent} RoomEvent
 * @typedef {import('../net/outbox.js').Command} Command
 * @typedef {import('../games/contract.js').GameClient} GameClient
 * @typedef {import('../games/table/view.js').Action} Action
 */

/**
 * @typedef {object} Listener
 * @property {() => void} onChange
 * @property {(client: GameClient) => void} onClient what this browser knows of the game is loaded; called once
 * @property {(event: RoomEvent, before: View, after: View) => void} onShown an event has come on display
 * @property {(reject: Record<string, any>, command?: Command) => void} onReject
 * @property {(gameId: string) => void} onRematch
 * @property {(text: string) => void} onNotice the operator tells everybody something
 */

export class Room {
  /** @type {View | null} the view on display */
  view = null;
  /** What this browser knows of the game; null: still being loaded. @type {GameClient | null} */
  client = null;
  #load;
  /** @type {Promise<GameClient> | null} */
  #loading = null;
  /** @type {View | null} */
  #truth = null;
  /** @type {{deadline_at: number | null, actions: Action[]} | null} */
  #turn = null;
  /** @type {import('../net/parlor-client.js').Link} */
  link = 'connecting';
  /** @type {{paused: boolean, reason: string} | null} */
  status = null;
  /** How many watch. */
  spectators = 0;
  chat = new Chat();
  /** The server's clock minus this browser's, milliseconds. */
  clockOffset = 0;
  /** @type {RoomEvent | null} the last event on display */
  lastShown = null;
  /** @type {string | null} this player, as the server says */
  #playerId = null;
  #client;
  #pacer;
  /** @type {Listener | null} */
  #listener = null;
  /** A view was asked for; `isStale`: something has happened since. */
  #asked = false;
  #isStale = false;
  /** What happened before anybody listened. @type {((listener: Listener) => void)[]} */
  #untold = [];

  /**
   * @param {object} options
   * @param {string} options.gameId
   * @param {string} options.url
   * @param {import('../net/api.js').Api} options.api signed in
   * @param {(game: string) => Promise<GameClient>} options.load
   */
  constructor({ gameId, url, api, load }) {
    this.gameId = gameId;
    this.#load = load;
    this.#pacer = new Pacer((step) => this.#show(step), (name) => this.client?.holdMs[name] ?? 0, skipsMotion);
    this.#client = new ParlorClient({
      url,
      outboxKey: `parlor.outbox.${gameId}.${api.identity?.player_id}`,
      credentials: api,
      handlers: {
        onLink: (link) => this.#update(() => (this.link = link)),
        onWelcome: (welcome) => {
          this.#playerId = welcome.player_id;
          this.#asked = false;
          this.clockOffset = welcome.server_time - Date.now();
          this.status = null;
          this.spectators = 0;
        },
        onState: (state) => this.#replaced(state.view),
        onEvent: (event) => this.#apply(/** @type {any} */ (event)),
        onTurn: (turn) => this.#update(() => (this.#turn = /** @type {any} */ (turn))),
        onStatus: (status) => this.#update(() => (this.status = /** @type {any} */ (status))),
        onOutbox: () => this.#update(() => {}),
        onReject: (reject, command) => this.#tell((listener) => listener.onReject(reject, command)),
        onSpectators: (count) => this.#update(() => (this.spectators = count)),
        onChat: (frame) => this.#update(() => this.chat.receive(frame)),
        onRematch: (id) => this.#tell((listener) => listener.onRematch(id)),
        onNotice: (text) => this.#tell((listener) => listener.onNotice(text)),
      },
    });
  }

  connect() {
    this.#client.connect();
  }

  /** Tell a listener what happens from now on, and first what has happened so far. @param {Listener} listener */
  listen(listener) {
    this.#listener = listener;
    for (const news of this.#untold.splice(0)) news(listener);
  }

  close() {
    this.#pacer.clear();
    this.#client.close();
  }

  /** The commands under way, oldest first. @returns {readonly Command[]} */
  get underWay() {
    return this.#client.outbox.commands;
  }

  /** The player's move that is not yet in the view. @returns {Command | undefined} */
  get pendingMove() {
    return this.underWay.find((command) => this.client?.moves.commands.includes(command.name));
  }

  /** The player's legal commands; empty while the last move is under way. @returns {readonly Action[]} */
  get actions() {
    return this.#turn !== null && this.pendingMove === undefined ? this.#turn.actions : [];
  }

  /** When the present turn ends, by this browser's clock, or null. @returns {number | null} */
  get deadline() {
    const at = this.view?.turn?.deadline_at;
    return at ? at - this.clockOffset : null;
  }

  /** @param {string} name @param {Record<string, unknown>} [args] */
  act(name, args = {}) {
    this.#pacer.flush();
    this.#client.command(name, args);
  }

  /** Beside the game: nothing on display is hurried by it. @param {string} name @param {Record<string, unknown>} args */
  talk(name, args) {
    this.#client.command(name, args);
  }

  /** @param {View} view */
  #replaced(view) {
    this.#pacer.clear();
    // A spectator's view names no player; with this player's id in it the fold notices when the player gets a seat.
    /** @type {View} */
    const own = { ...view, you: { ...view.you, player_id: this.#playerId ?? view.you.player_id } };
    this.#truth = own;
    this.view = own;
    this.lastShown = null;
    if (own.turn?.player_id !== this.#playerId) this.#turn = null;
    this.#asked = false;
    if (this.#isStale) this.#refresh();
    this.#loading ??= this.#loadClient(view.game);
    this.#tell((listener) => listener.onChange());
  }

  /** @param {string} game */
  async #loadClient(game) {
    const client = await this.#load(game);
    this.#tell((listener) => listener.onClient(client));
    this.#update(() => (this.client = client));
    return client;
  }

  /** @param {RoomEvent} event @returns {boolean} */
  #apply(event) {
    const before = this.#truth;
    // While a view is on its way the present one lacks what the events before have changed.
    const fold = this.#asked ? undefined : this.client?.fold;
    const after = before && (fold ?? foldTable)(before, event);
    if (!after) return false;
    this.#truth = after;
    if (!fold) this.#refresh();
    if (this.client?.moves.events.includes(event.name) && event.data.player_id === after.you.player_id) this.#turn = null;
    if (after.turn === null) this.#turn = null;
    this.#pacer.push({ event, view: after });
    return true;
  }

  /** Ask the server for the view, once at a time: this browser doesn't know what the event means in this game. */
  #refresh() {
    this.#isStale = this.#asked;
    if (this.#asked) return;
    this.#asked = true;
    this.#client.refresh();
  }

  /** @param {import('./pacer.js').Step} step */
  #show({ event, view }) {
    const before = this.view;
    this.view = view;
    this.lastShown = event;
    this.#tell((listener) => {
      if (before) listener.onShown(event, before, view);
      listener.onChange();
    });
  }

  /** @param {() => void} change */
  #update(change) {
    change();
    this.#tell((listener) => listener.onChange());
  }

  /** @param {(listener: Listener) => void} news */
  #tell(news) {
    if (this.#listener) news(this.#listener);
    else this.#untold.push(news);
  }
}

function skipsMotion() {
  return document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches;
}
