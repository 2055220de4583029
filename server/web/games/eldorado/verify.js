/**
 * Anybody can check a finished game: that the seed is the one the server committed to before the first card, and that
 * every round was dealt from it and from the players' own seeds (`shuffle-v1`, docs/fairness.md). Everything is
 * computed here, with the browser's own cryptography, from the public log. What the server says about the result is not
 * used.
 */

import { hex, sha256, shuffledDeck } from './shuffle.js';

const PAGE = 500;
const GONE = new Set(['player_left', 'player_kicked', 'bot_removed', 'player_became_spectator']);

/**
 * @typedef {import('../table/fold.js').RoomEvent} RoomEvent
 * @typedef {{seat: number, playerId: string, name: string, seed: string}} Share what a player added to the shuffle
 * @typedef {'log' | 'seed' | 'commitment' | 'seats' | 'deal'} Wrong what does not fit
 * @typedef {{what: 'commitment' | 'seats' | 'deal', round?: number, cards?: number, fits: boolean}} Check
 * @typedef {object} Finding
 * @property {'fair' | 'unfair' | 'unfinished'} verdict
 * @property {Wrong} [wrong]
 * @property {number} [round] in which it does not fit, from 0
 * @property {number} rounds that were dealt again and agreed
 * @property {Check[]} checks what was looked at so far, in order; the last one may not fit
 * @property {string} commitment as the log has it
 * @property {string} [seed]
 * @property {boolean} [isFork] it goes on from another game, so its seed was known before
 * @property {Share[]} shares
 */

/** Whether the browser offers its cryptography to this page: only over https and on localhost. */
export function canVerify() {
  return Boolean(globalThis.crypto?.subtle);
}

/**
 * The whole log of a completed game.
 * @param {import('../../net/api.js').Api} api
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

/**
 * @param {string} gameId
 * @param {RoomEvent[]} events
 * @param {string} [promised] the commitment that this browser was told before the game, if it was there
 * @param {(checks: Check[]) => void} [onCheck] called as it goes
 * @returns {Promise<Finding>}
 */
export async function verify(gameId, events, promised, onCheck = () => {}) {
  /** @type {Finding} */
  const finding = { verdict: 'unfair', rounds: 0, checks: [], commitment: '', shares: [] };
  const note = (/** @type {Check} */ check) => {
    finding.checks.push(check);
    onCheck([...finding.checks]);
  };
  try {
    await check(gameId, events, promised, finding, note);
  } catch (error) {
    if (error instanceof Misfit) {
      Object.assign(finding, { wrong: error.wrong, round: error.round });
      if (error.wrong !== 'log' && error.wrong !== 'seed') note({ what: error.wrong, round: error.round, fits: false });
    } else finding.wrong = 'log'; // no server of this kind writes such a log
  }
  return finding;
}

class Misfit extends Error {
  /** @param {Wrong} wrong @param {number} [round] */
  constructor(wrong, round) {
    super(wrong);
    this.wrong = wrong;
    this.round = round;
  }
}

/**
 * @param {string} gameId
 * @param {RoomEvent[]} events
 * @param {string | undefined} promised
 * @param {Finding} finding
 * @param {(check: Check) => void} note
 */
async function check(gameId, events, promised, finding, note) {
  const created = events[0].data;
  finding.commitment = created.seed_commitment;
  finding.isFork = Boolean(created.forked_from);
  const end = events.find((event) => event.name === 'game_completed');
  if (!end) {
    finding.verdict = 'unfinished';
    return;
  }
  const seed = end.data.session_seed;
  if (events[0].name !== 'game_created' || created.game_id !== gameId) throw new Misfit('log');
  if (typeof seed !== 'string' || !/^[0-9a-f]{64}$/.test(seed)) throw new Misfit('seed');
  finding.seed = seed;
  const shuffled = created.forked_from?.shuffle_game_id ?? gameId; // a fork is shuffled as the game it comes from
  const commitment = hex(await sha256(`parlor-shuffle-v1:${shuffled}:${seed}`));
  if (commitment !== created.seed_commitment || commitment !== (promised ?? commitment)) throw new Misfit('commitment');
  note({ what: 'commitment', fits: true });

  finding.shares = sharesOf(events);
  note({ what: 'seats', fits: true });
  const seatOf = new Map(events.filter(isSitting).map(({ data }) => [data.player_id, data.seat]));
  const pairs = finding.shares.map((share) => [share.seat, share.seed]);
  for (const deal of dealsOf(events)) {
    const ring = Object.keys(deal.hands).sort((a, b) => seatOf.get(a) - seatOf.get(b));
    const deck = await shuffledDeck(seed, [shuffled, finding.rounds, pairs], ring.length > 5 ? 2 : 1);
    if (!(await isDealtFrom(deck, deal, ring, finding.rounds))) throw new Misfit('deal', finding.rounds);
    note({ what: 'deal', round: finding.rounds, cards: deck.length, fits: true });
    finding.rounds += 1;
  }
  if (finding.rounds === 0) throw new Misfit('log');
  finding.verdict = 'fair';
}

/** @param {RoomEvent} event whether somebody takes a seat by it */
function isSitting({ name, data }) {
  return name === 'player_joined' && data.seat !== null;
}

/** What was added by those who sat there when the game began, in seat order. @param {RoomEvent[]} events */
function sharesOf(events) {
  /** @type {Map<string, Share>} */
  const members = new Map();
  for (const { name, data } of events) {
    const member = members.get(data.player_id);
    if (name === 'player_joined') {
      const { player_id: playerId, seat, profile } = data;
      members.set(playerId, { playerId, seat, name: profile.display_name, seed: '' });
    } else if (GONE.has(name)) {
      members.delete(data.player_id);
    } else if (name === 'client_seed_set' && member) {
      member.seed = data.client_seed;
    } else if (name === 'game_started') {
      const seated = [...members.values()].filter((share) => share.seat !== null).sort((a, b) => a.seat - b.seat);
      const seats = seated.map((share) => [share.seat, share.playerId]);
      if (JSON.stringify(seats) !== JSON.stringify(data.seats)) throw new Misfit('seats');
      return seated;
    }
  }
  throw new Misfit('log');
}

/** What the log says of each deal. @param {RoomEvent[]} events */
function dealsOf(events) {
  /** @type {Record<string, any>[]} */
  const deals = [];
  for (const { name, data } of events) {
    if (name === 'round_started') deals.push({ ...data });
    if (name === 'cards_dealt' || name === 'trump_revealed') Object.assign(deals[deals.length - 1], data);
  }
  return deals;
}

/**
 * One card at a time, clockwise from the seat after the dealer; the next card is trump, and the rest is left over.
 * @param {string[]} deck
 * @param {Record<string, any>} deal
 * @param {string[]} ring those who are dealt in, in seat order
 * @param {number} round
 */
async function isDealtFrom(deck, deal, ring, round) {
  const players = ring.length;
  const each = 10 - round;
  const first = (round + 1) % players;
  const due = ring.map((_, i) => {
    const place = (i - first + players) % players;
    return Array.from({ length: each }, (_, turn) => deck[turn * players + place]);
  });
  const left = deck.slice(players * each + 1).join(',');
  return (
    deal.round_index === round &&
    deal.cards_per_player === each &&
    deal.dealer_player_id === ring[round % players] &&
    deal.starting_player_id === ring[first] &&
    ring.every((player, i) => deal.hands[player].join() === due[i].join()) &&
    deal.card === deck[players * each] &&
    deal.undealt_hash === hex(await sha256(left))
  );
}
