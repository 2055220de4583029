/**
 * One room as this player knows it: the true view and the one on display, whose move it is, what is under way.
 * Joins the connection, the fold and the pacing; pages read it and call `act`.
 */

import { ParlorClient } from '../net/parlor-client.js';
import { Chat } from './chat.js';
import { fold } from '../games/eldorado/fold.js';
import { foldTable } from '../games/table/fold.js';
import { OWN_GAME } from '../games/own-game.js';
import { Pacer } from './pacer.js';

/** Own moves: their events end the offer that the last `turn` frame made. */
const MOVES = new Set(['player_bid', 'card_played']);

/**
 * @typedef {import('../games/table/fold.js').View} View
 * @typedef {import('../games/table/fold.js').RoomEvent} RoomEvent
 * @typedef {import('../net/outbox.js').Command} Command
 * @typedef {{name: string, args: Record<string, any>}} Action
 */

/**
 * @typedef {object} Listener
 * @property {() => void} onChange
 * @property {(event: RoomEvent, before: View, after: View) => void} onShown an event has come on display
 * @property {(reject: Record<string, any>, command?: Command) => void} onReject
 * @property {(gameId: string) => void} onRematch
 * @property {(text: string) => void} onNotice the operator tells everybody something
 */

export class Room {
  /** @type {View | null} the view on display */
  view = null;
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
  /** Server's clock minus ours, milliseconds. */
  clockOffset = 0;
  /** @type {RoomEvent | null} the last event on display */
  lastShown = null;
  /** @type {string | null} who we are, as the server says */
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
   */
  constructor({ gameId, url, api }) {
    this.gameId = gameId;
    this.#pacer = new Pacer((step) => this.#show(step), skipsMotion);
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

  /** From now on this one is told what happens, and first what has happened. @param {Listener} listener */
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

  /** The bid or card of ours that is not yet in the view. @returns {Command | undefined} */
  get pendingMove() {
    return this.underWay.find((command) => command.name === 'bid' || command.name === 'play_card');
  }

  /** What we may do now; empty while our last move is under way. @returns {readonly Action[]} */
  get actions() {
    return this.#turn !== null && this.pendingMove === undefined ? this.#turn.actions : [];
  }

  /** When the present turn ends, on our own clock, or null. @returns {number | null} */
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
    // The view of somebody without a seat is nobody's in particular; we still want to notice when we get one.
    /** @type {View} */
    const own = { ...view, you: { ...view.you, player_id: this.#playerId ?? view.you.player_id } };
    this.#truth = own;
    this.view = own;
    this.lastShown = null;
    if (own.turn?.player_id !== this.#playerId) this.#turn = null;
    this.#asked = false;
    if (this.#isStale) this.#refresh();
    this.#tell((listener) => listener.onChange());
  }

  /** @param {RoomEvent} event @returns {boolean} */
  #apply(event) {
    const before = this.#truth;
    const isOwn = before?.game === OWN_GAME;
    const after = before && (isOwn ? fold : foldTable)(before, event);
    if (!after) return false;
    this.#truth = after;
    if (!isOwn) this.#refresh();
    if (MOVES.has(event.name) && event.data.player_id === after.you.player_id) this.#turn = null;
    if (after.turn === null) this.#turn = null;
    this.#pacer.push({ event, view: after });
    return true;
  }

  /** What an event means in a game that we don't know, the server tells: asked once at a time. */
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
