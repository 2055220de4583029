/**
 * One seat's connection to one room: it says hello, resumes where it was, keeps the line alive, comes back by itself
 * and delivers every command exactly once. It knows the protocol and nothing of any game.
 */

import { Outbox } from './outbox.js';
import { backoff, verdictOn } from './reconnect.js';

const SUBPROTOCOL = 'parlor.v1.json';
const SILENCE_FACTOR = 2.5;
const MOST_REJECTED_RETRIES = 5;
const MOST_TOKEN_RENEWALS = 2;
/** A connection that held this long resets the backoff. */
const STABLE_MS = 5_000;

/**
 * @typedef {'connecting' | 'connected' | 'reconnecting' | 'replaced' | 'forbidden' | 'not_found' | 'malformed'
 *   | 'unauthorized' | 'closed'} Link
 * @typedef {import('./outbox.js').Command} Command
 * @typedef {Record<string, any> & {type: string}} Frame
 */

/**
 * @typedef {object} Handlers
 * @property {(link: Link) => void} onLink
 * @property {(welcome: Frame) => void} onWelcome
 * @property {(state: Frame) => void} onState
 * @property {(event: Frame) => boolean} onEvent false: not understood, a fresh state is fetched
 * @property {(turn: Frame) => void} onTurn
 * @property {(status: Frame) => void} onStatus
 * @property {() => void} onOutbox the commands under way have changed
 * @property {(ack: Frame) => void} onAck a command is in the log
 * @property {(reject: Frame, command: Command | undefined) => void} onReject
 * @property {(count: number) => void} onSpectators how many watch
 * @property {(frame: Frame) => void} onChat somebody said something, or what was said is told or taken back
 * @property {(gameId: string) => void} onRematch the same players go on in another room
 * @property {(text: string) => void} onNotice the operator tells everybody something
 */

const nothing = () => {};

/** @type {Handlers} for what nobody listens to */
const DEAF = {
  onLink: nothing,
  onWelcome: nothing,
  onState: nothing,
  onEvent: () => true,
  onTurn: nothing,
  onStatus: nothing,
  onOutbox: nothing,
  onAck: nothing,
  onReject: nothing,
  onSpectators: nothing,
  onChat: nothing,
  onRematch: nothing,
  onNotice: nothing,
};

export class ParlorClient {
  #url;
  #credentials;
  #handlers;
  /** @type {WebSocket | null} */
  #socket = null;
  #lastIndex = -1;
  /** @type {number | null} */
  #epoch = null;
  #awaitingState = true;
  #attempt = 0;
  #renewals = 0;
  #retryTimer = 0;
  #heartbeatTimer = 0;
  #lastHeard = 0;
  /** When the present connection was welcomed; 0: not yet. */
  #welcomedAt = 0;
  #closed = false;
  /** @type {number | null} a delay that a `moved` frame asked for */
  #movedDelay = null;
  /** @type {Map<string, number>} how often a command was refused as "try again" */
  #rejections = new Map();

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {string} options.outboxKey
   * @param {{token: () => Promise<string>, renew: () => Promise<void>, keep: (token: string) => void}} options.credentials
   * @param {Partial<Handlers>} options.handlers
   */
  constructor({ url, outboxKey, credentials, handlers }) {
    this.#url = url;
    this.#credentials = credentials;
    this.#handlers = { ...DEAF, ...handlers };
    this.outbox = new Outbox(sessionStorage, outboxKey);
  }

  /** Connect, or connect at once instead of after the present wait. */
  connect() {
    clearTimeout(this.#retryTimer);
    this.#closed = false;
    if (this.#socket === null) void this.#open();
  }

  /** Close, and do not come back. */
  close() {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#heartbeatTimer);
    this.#socket?.close(1000);
    this.#socket = null;
    this.#handlers.onLink('closed');
  }

  /**
   * Send a command, now or as soon as the connection is back.
   * @param {string} name
   * @param {Record<string, unknown>} args
   * @returns {string} its id
   */
  command(name, args) {
    const command = this.outbox.add(name, args);
    this.#sendCommand(command);
    this.#handlers.onOutbox();
    return command.id;
  }

  /** Ask for the present state; events are applied meanwhile. */
  refresh() {
    this.#send({ type: 'sync' });
  }

  /** Ask for a fresh state; events are ignored until it comes. */
  sync() {
    this.#awaitingState = true;
    this.#send({ type: 'sync' });
  }

  async #open() {
    let token;
    try {
      token = await this.#credentials.token();
    } catch {
      this.#retryAfter(backoff(this.#attempt));
      return;
    }
    if (this.#closed || this.#socket !== null) return;
    const socket = new WebSocket(this.#url, [SUBPROTOCOL]);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      const resume = this.#lastIndex >= 0 ? { last_index: this.#lastIndex, epoch: this.#epoch } : {};
      this.#send({ type: 'hello', token, ...resume });
    });
    socket.addEventListener('message', (message) => this.#receive(socket, message.data));
    socket.addEventListener('close', (close) => this.#lost(socket, close.code, close.reason));
  }

  /** @param {WebSocket} socket @param {number} code @param {string} reason */
  #lost(socket, code, reason) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearInterval(this.#heartbeatTimer);
    if (this.#closed) return;
    if (this.#welcomedAt > 0 && performance.now() - this.#welcomedAt > STABLE_MS) this.#attempt = 0;
    this.#welcomedAt = 0;
    if (this.#movedDelay !== null) {
      this.#retryAfter(this.#movedDelay);
      this.#movedDelay = null;
      return;
    }
    const verdict = verdictOn(code, reason, this.#attempt);
    if (verdict.kind === 'retry') this.#retryAfter(verdict.afterMs);
    else if (verdict.kind === 'end') this.#handlers.onLink(verdict.reason);
    else void this.#renewToken();
  }

  async #renewToken() {
    this.#renewals += 1;
    if (this.#renewals > MOST_TOKEN_RENEWALS) {
      this.#handlers.onLink('unauthorized');
      return;
    }
    try {
      await this.#credentials.renew();
    } catch {
      // HTTP is out of reach too; the next attempt asks again.
    }
    this.#retryAfter(backoff(this.#attempt));
  }

  /** @param {number} delay milliseconds */
  #retryAfter(delay) {
    this.#attempt += 1;
    this.#handlers.onLink('reconnecting');
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.connect(), delay);
  }

  /** @param {WebSocket} socket @param {string} text */
  #receive(socket, text) {
    if (socket !== this.#socket) return;
    this.#lastHeard = performance.now();
    /** @type {Frame} */
    const frame = JSON.parse(text);
    switch (frame.type) {
      case 'welcome':
        return this.#welcomed(frame);
      case 'state':
        this.#awaitingState = false;
        this.#applied(frame.index);
        return this.#handlers.onState(frame);
      case 'event':
        return this.#event(frame);
      case 'turn':
        return this.#handlers.onTurn(frame);
      case 'ack':
        return this.#acked(frame);
      case 'reject':
        return this.#rejected(frame);
      case 'status':
        return this.#handlers.onStatus(frame);
      case 'token':
        return this.#credentials.keep(frame.token);
      case 'spectators':
        return this.#handlers.onSpectators(frame.count);
      case 'chat':
      case 'chat_history':
      case 'chat_deleted':
      case 'muted':
        return this.#handlers.onChat(frame);
      case 'rematch':
        return this.#handlers.onRematch(frame.game_id);
      case 'notice':
        return this.#handlers.onNotice(frame.text);
      case 'moved':
        this.#url = frame.url;
        this.#movedDelay = frame.retry_ms ?? 0;
    }
    // `pong` only has to arrive; a close that says the same follows `error`; everything else belongs to a later
    // version of the protocol.
  }

  /** @param {Frame} welcome */
  #welcomed(welcome) {
    this.#welcomedAt = performance.now();
    this.#renewals = 0;
    this.#epoch = welcome.epoch;
    this.#awaitingState = welcome.mode === 'state' || this.#lastIndex < 0;
    this.#handlers.onWelcome(welcome);
    this.#handlers.onLink('connected');
    this.#keepAlive(welcome.limits.heartbeat_s * 1000);
    if (welcome.mode === 'replay' && this.#lastIndex < 0) this.sync();
    for (const command of this.outbox.unanswered) this.#sendCommand(command);
  }

  /** @param {number} period milliseconds */
  #keepAlive(period) {
    clearInterval(this.#heartbeatTimer);
    let nonce = 0;
    this.#heartbeatTimer = setInterval(() => {
      if (performance.now() - this.#lastHeard > period * SILENCE_FACTOR) this.#abandon();
      else if (this.#awaitingState) this.sync();
      else this.#send({ type: 'ping', nonce: (nonce += 1) });
    }, period);
  }

  /** Give up a silent connection at once: its closing handshake may never come. */
  #abandon() {
    const socket = this.#socket;
    if (socket === null) return;
    this.#lost(socket, 1006, '');
    socket.close();
  }

  /** @param {Frame} event */
  #event(event) {
    if (this.#awaitingState || event.index <= this.#lastIndex) return;
    if (event.index > this.#lastIndex + 1 || !this.#handlers.onEvent(event)) this.sync();
    else this.#applied(event.index);
  }

  /** @param {number} index */
  #applied(index) {
    this.#lastIndex = index;
    this.outbox.settle(index);
  }

  /** @param {Frame} ack */
  #acked(ack) {
    this.#rejections.delete(ack.id);
    if (ack.last <= this.#lastIndex) this.outbox.remove(ack.id);
    else this.outbox.commit(ack.id, ack.last);
    this.#handlers.onAck(ack);
    this.#handlers.onOutbox();
  }

  /** @param {Frame} reject */
  #rejected(reject) {
    const command = this.outbox.find(reject.id);
    const times = (this.#rejections.get(reject.id) ?? 0) + 1;
    if (command && reject.retryable && times <= MOST_REJECTED_RETRIES) {
      this.#rejections.set(reject.id, times);
      setTimeout(() => this.#sendCommand(command), backoff(times));
      return;
    }
    this.#rejections.delete(reject.id);
    this.outbox.remove(reject.id);
    this.#handlers.onOutbox();
    this.#handlers.onReject(reject, command);
  }

  /** @param {Command} command */
  #sendCommand({ id, name, args }) {
    this.#send({ type: 'command', id, name, args });
  }

  /** What can't be sent now is not lost: hello resumes, and the outbox is sent again after it. @param {Frame} frame */
  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}
