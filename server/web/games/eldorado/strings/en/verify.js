/** The check of a shuffle. */

/** @param {number} count @param {string} one @param {string} [many] */
const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export default {
  busy: 'Dealing every round again…',
  fair: (/** @type {number} */ rounds) =>
    `Verified: the seed was fixed before the first card, and ${plural(rounds, 'round')} ` +
    `${rounds === 1 ? 'was' : 'were'} dealt from it and from what the players added.`,
  unfair: (/** @type {string} */ why) => `The shuffle does not match: ${why}`,
  fork: 'But it goes on from another game, whose seed is known: anybody who looked could have known the cards.',
  unfinished: 'This game is not over. Its seed stays secret until then, so there is nothing to verify yet.',
  insecure:
    'This page was not loaded over https, so the browser does not lend it its cryptography. Open it over https or ' +
    'on localhost, or verify the game with the script from the documentation.',
  wrong: {
    log: 'the log of the game makes no sense.',
    seed: 'the seed was not revealed.',
    commitment: 'the seed is not the one that was committed to.',
    seats: 'the players do not have the seats that they took.',
    deal: (/** @type {number} */ round) => `round ${round + 1} was dealt otherwise.`,
  },
  checks: {
    fits: {
      commitment: 'The secret seed is the one whose fingerprint was told before the first card.',
      seats: 'Everybody has the seat that they took, with what they added to the shuffle.',
      deal: (/** @type {number} */ round, /** @type {number} */ cards) => `Round ${round + 1}: shuffled ${cards} cards again, every hand and the trump are the same.`,
    },
    differs: {
      commitment: 'The secret seed is not the one whose fingerprint was told before the first card.',
      seats: 'Somebody does not have the seat that they took.',
      deal: (/** @type {number} */ round, /** @type {number} */ _cards) => `Round ${round + 1}: shuffled again, somebody would have had other cards.`,
    },
  },
  how: 'How this was computed',
  explanation:
    'Before anybody sat down the server published a fingerprint of its secret seed, so it could not exchange it ' +
    'later. Your browser has computed the fingerprint again, then every deck from the seed and from the players’ own ' +
    'seeds, and has compared them with the cards of the log.',
  commitment: 'Fingerprint, told before the game',
  seed: 'Seed, revealed after it',
  secret: 'still secret',
  shareOf: (/** @type {string} */ name) => `Added by ${name}`,
  noShare: 'nothing',
};
