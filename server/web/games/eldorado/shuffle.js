/** The shuffle `shuffle-v1` with the browser's own cryptography: a deck from a seed and a message. */

import { SUITS } from './cards.js';

const RANKS = ['2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K', 'A'];
const WORDS = 2 ** 32;
const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * The deck of a round, top card first.
 * @param {string} seed hex digits
 * @param {unknown[]} message game id, round, pairs of seat and client seed
 * @param {number} decks
 */
export async function shuffledDeck(seed, message, decks) {
  const draw = stream(await hmac(bytes(seed), encode(JSON.stringify(message))));
  const deck = orderedDeck(decks);
  for (let last = deck.length - 1; last > 0; last -= 1) {
    const other = await draw(last + 1);
    [deck[last], deck[other]] = [deck[other], deck[last]];
  }
  return deck;
}

/** @param {string} text @returns {Promise<Bytes>} */
export async function sha256(text) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encode(text)));
}

/** @param {Uint8Array} data */
export function hex(data) {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
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
 * Numbers in 0..k-1 from the keyed stream, all equally likely: words that would favour some are rejected.
 * @param {Bytes} key
 */
function stream(key) {
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

/** @param {string} text hex digits */
function bytes(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
