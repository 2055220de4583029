/**
 * Anybody can check a finished game: that the seed is the one the server committed to before the first card, and that
 * every round was dealt from it (`shuffle-v1`). Uses the browser's own cryptography and the public log.
 */

import { SUITS } from './cards.js';

const RANKS = ['2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K', 'A'];
const WORDS = 2 ** 32;
const PAGE = 500;
const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * @typedef {import('./fold-table.js').RoomEvent} RoomEvent
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {{ok: true, rounds: number}
 *   | {ok: false, wrong: 'commitment'}
 *   | {ok: false, wrong: 'deal', round: number}} Finding
 */

/**
 * The whole log of a completed game.
 * @param {import('../net/api.js').Api} api
 * @param {string} gameId
 * @returns {Promise<RoomEvent[]>}
 */
export async function fetchLog(api, gameId) {
  const events = [];
  for (let from = 0; from !== null && from !== undefined;) {
    const page = await api.call('GET', `/api/games/${gameId}/events?from=${from}&limit=${PAGE}`);
    events.push(...page.items);
    from = page.next;
  }
  return events;
}

/** @param {string} gameId @param {RoomEvent[]} events @returns {Promise<Finding>} */
export async function verify(gameId, events) {
  const one = (/** @type {string} */ name) => events.find((event) => event.name === name)?.data ?? {};
  const seed = one('game_completed').session_seed;
  const digest = await crypto.subtle.digest('SHA-256', encode(`parlor-shuffle-v1:${gameId}:${seed}`));
  if (hex(new Uint8Array(digest)) !== one('game_created').seed_commitment) return { ok: false, wrong: 'commitment' };

  const seats = one('game_started').seats;
  const seeds = clientSeeds(events, seats);
  const deals = roundsDealt(events);
  for (const deal of deals) {
    const deck = await shuffledDeck(gameId, seed, deal.round_index, seeds, Object.keys(deal.hands).length);
    if (!isDealtFrom(deck, deal, seats)) return { ok: false, wrong: 'deal', round: deal.round_index };
  }
  return { ok: true, rounds: deals.length };
}

/** @param {RoomEvent[]} events @param {[number, string][]} seats @returns {[number, string][]} */
function clientSeeds(events, seats) {
  const given = new Map();
  for (const { name, data } of events) if (name === 'client_seed_set') given.set(data.player_id, data.client_seed);
  return seats.map(([seat, player]) => [seat, given.get(player) ?? '']);
}

/** @param {RoomEvent[]} events */
function roundsDealt(events) {
  const deals = [];
  for (const { name, data } of events) {
    if (name === 'round_started') deals.push({ ...data });
    if (name === 'cards_dealt') deals[deals.length - 1].hands = data.hands;
    if (name === 'trump_revealed') deals[deals.length - 1].trump = data.card;
  }
  return deals;
}

/** One card at a time, clockwise from the seat after the dealer; the next card is trump. */
function isDealtFrom(deck, deal, seats) {
  const players = seats.map(([, player]) => player).filter((player) => player in deal.hands);
  const first = players.indexOf(deal.dealer_player_id) + 1;
  const isHandRight = players.every((_, i) => {
    const player = players[(first + i) % players.length];
    const due = Array.from({ length: deal.cards_per_player }, (_, turn) => deck[turn * players.length + i]);
    return deal.hands[player].length === due.length && due.every((card) => deal.hands[player].includes(card));
  });
  return isHandRight && deck[players.length * deal.cards_per_player] === deal.trump;
}

/**
 * @param {string} gameId
 * @param {string} seed
 * @param {number} round
 * @param {[number, string][]} seeds
 * @param {number} players
 */
async function shuffledDeck(gameId, seed, round, seeds, players) {
  const message = encode(JSON.stringify([gameId, round, seeds]));
  const draw = await stream(await hmac(bytes(seed), message));
  const deck = orderedDeck(players > 5 ? 2 : 1);
  for (let last = deck.length - 1; last > 0; last -= 1) {
    const other = await draw(last + 1);
    [deck[last], deck[other]] = [deck[other], deck[last]];
  }
  return deck;
}

/** @param {number} decks */
function orderedDeck(decks) {
  const cards = [];
  for (let deck = 0; deck < decks; deck += 1) {
    for (const suit of SUITS) for (const rank of RANKS) cards.push(`d${deck}:${suit}:${rank}`);
  }
  return cards;
}

/**
 * Fair numbers in 0..k-1 from the keyed stream; words that would favour some of them are rejected.
 * @param {Bytes} key
 */
async function stream(key) {
  let block = 0;
  /** @type {number[]} */
  let words = [];
  return async (/** @type {number} */ k) => {
    for (;;) {
      if (words.length === 0) {
        const counter = new DataView(new ArrayBuffer(8));
        counter.setBigUint64(0, BigInt(block));
        block += 1;
        const view = new DataView((await hmac(key, new Uint8Array(counter.buffer))).buffer);
        words = Array.from({ length: view.byteLength / 4 }, (_, i) => view.getUint32(i * 4));
      }
      const word = /** @type {number} */ (words.shift());
      if (word < WORDS - (WORDS % k)) return word % k;
    }
  };
}

/** @param {Bytes} key @param {Bytes} message @returns {Promise<Bytes>} */
async function hmac(key, message) {
  const secret = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', secret, message));
}

/** @param {Uint8Array} data */
function hex(data) {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {string} text hex digits */
function bytes(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
