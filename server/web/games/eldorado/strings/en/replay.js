/** The replay of a finished game. */

/** @param {string[]} names */
const listed = (names) =>
  names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

export default {
  verify: 'Verify the shuffle',
  beforeTheDeal: 'Before the first deal.',
  handOf: (/** @type {string} */ name) => `Hand of ${name}`,
  round: (/** @type {number} */ index) => `Round ${index + 1}`,
  trickBack: 'Back one trick',
  trickOn: 'On one trick',
  roundBack: 'Back one round',
  roundOn: 'On one round',
  perspective: 'Seen by',
  openHands: 'All hands open',
  asSpectator: 'As a spectator',
  asPlayer: (/** @type {string} */ name) => `As ${name}`,
  player: 'Player',
  tricks: 'Tricks',
  fork: 'Play on from here',
  forkHint:
    'Opens a private room that goes on from this move: you on the seat that you look from, bots on the others (F)',
  forkedFrom: 'Goes on from another game, at this move',
  help: 'Keys',
  moments: 'Key moments',
  where: (/** @type {number} */ round, /** @type {number | null} */ trick) =>
    `Round ${round + 1}${trick === null ? '' : `, trick ${trick + 1}`}`,
  moment: {
    missed: (/** @type {string[]} */ names, /** @type {string} */ where) =>
      `${where}: ${listed(names)} can’t make the bid any more`,
    lead: (/** @type {string[]} */ names, /** @type {string} */ where) => `${where}: ${listed(names)} takes the lead`,
    misplay: (/** @type {string[]} */ names, /** @type {string} */ where) =>
      `${where}: ${listed(names)} tried a move that is not allowed`,
    away: (/** @type {string[]} */ names, /** @type {string} */ where) => `${where}: ${listed(names)} was gone`,
  },
  keys: [
    ['Space', 'play, pause'],
    ['← →', 'one move'],
    ['Shift ← →', 'one trick'],
    ['↑ ↓', 'one round'],
    ['Home, End', 'to the beginning, to the end'],
    ['+ −', 'faster, slower'],
    ['1 … 9', 'as the player of this seat saw it'],
    ['0', 'all hands open'],
    ['S', 'as a spectator saw it'],
    ['C', 'copy the link to this move'],
    ['F', 'play on from here'],
  ],
  scores: 'Scores by round',
  scoresText: (/** @type {string} */ ranking) => `At the end: ${ranking}.`,
};
