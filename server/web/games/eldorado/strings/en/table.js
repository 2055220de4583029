/** What El Dorado says: its table and its settings. */

import { delta } from '../../../../i18n/numbers.js';

/** @param {number} count @param {string} one @param {string} [many] */
const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export default {
  suits: { clubs: 'clubs', diamonds: 'diamonds', hearts: 'hearts', spades: 'spades' },
  suitLetters: { clubs: 'C', diamonds: 'D', hearts: 'H', spades: 'S' },
  ranks: { J: 'jack', Q: 'queen', K: 'king', A: 'ace' },
  cardName: (/** @type {string} */ rank, /** @type {string} */ suit) => `${rank} of ${suit}`,
  label: 'Table',
  seats: 'Opponents',
  round: (/** @type {number} */ index, /** @type {number} */ total) => `Round ${index + 1} of ${total}`,
  trick: (/** @type {number} */ index, /** @type {number} */ total) => `Trick ${index + 1} of ${total}`,
  trump: 'Trump',
  led: 'Led',
  trumpBroken: 'broken',
  trumpUnbroken: 'not broken',
  trumpTitle: (/** @type {string} */ card, /** @type {boolean} */ broken) =>
    `Trump: the ${card} was turned up. ${broken ? 'Trump may be led.' : 'Trump may not be led yet.'}`,
  bidWon: (/** @type {number | undefined} */ bid, /** @type {number} */ won) => (bid === undefined ? 'no bid yet' : `bid ${bid} · won ${won}`),
  wonOf: (/** @type {number} */ won, /** @type {number} */ bid) => `${won} of ${bid}`,
  dealer: 'Dealer',
  yourBid: 'How many tricks will you take?',
  bidHint: 'Type a number and press Enter',
  bidsSoFar: (/** @type {number} */ sum, /** @type {number} */ tricks) => `Bids so far: ${sum} for ${plural(tricks, 'trick')}`,
  bid: (/** @type {number} */ value) => `Bid ${value}`,
  yourTurn: 'Your turn: play a card',
  yourLead: 'Your lead: play a card',
  turnOf: (/** @type {string} */ name) => `${name} is thinking`,
  bidOf: (/** @type {string} */ name) => `${name} is bidding`,
  lastTrick: 'Last trick',
  lastTrickOf: (/** @type {string} */ name) => `Last trick: taken by ${name}`,
  takes: (/** @type {string} */ name) => `${name} ${name === 'You' ? 'take' : 'takes'} the trick`,
  hand: 'Your hand',
  playable: 'playable',
  notPlayable: 'not playable now',
  mustFollow: (/** @type {string} */ suit) => `You must follow ${suit}.`,
  noTrumpLead: 'Trump can’t be led before it is broken.',
  notYourTurn: 'It is not your turn.',
  sending: 'being saved',
  saved: 'saved',
  watching: 'You are watching.',
  nextRound: 'The next round is about to begin.',
  total: 'Total',
  roundColumn: 'Round',
  rounds: 'Rounds',
  announce: {
    round_started: (/** @type {number} */ round, /** @type {number} */ cards, /** @type {string} */ dealer) => `Round ${round + 1}: ${plural(cards, 'card')}, ${dealer} dealt.`,
    trump_revealed: (/** @type {string} */ card) => `Trump is the ${card}.`,
    player_bid: (/** @type {string} */ name, /** @type {number} */ bid) => `${name} bid ${bid}.`,
    card_played: (/** @type {string} */ name, /** @type {string} */ card) => `${name}: ${card}.`,
    trump_broken: 'Trump is broken.',
    trick_completed: (/** @type {string} */ name, /** @type {string} */ card) => `${name} took the trick with the ${card}.`,
    round_scored: (/** @type {string} */ name, /** @type {number} */ points) => `${name}: ${delta(points)}.`,
  },
  refusals: {
    must_follow_suit: 'You must follow suit.',
    cannot_lead_trump: 'Trump can’t be led before it is broken.',
  },
};
