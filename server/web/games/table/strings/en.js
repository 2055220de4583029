/** What is said of every table. */

import { score } from '../../../i18n/numbers.js';

export default {
  status: { active: '', disconnected: 'offline', absent: 'away', left: 'left' },
  points: (/** @type {number} */ points) => `${score(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`,
  scores: 'Scores',
  log: 'Moves',
  winners: (/** @type {string[]} */ names) =>
    names.length === 1
      ? `${names[0]} ${names[0] === 'You' ? 'win' : 'wins'} the game`
      : `${names.join(' and ')} share the win`,
  maxPlayers: 'Seats',
  turnSeconds: 'Time per move',
  seconds: (/** @type {number} */ count) => (count === 0 ? 'unlimited' : `${count} s`),
  isPublic: 'Listed for everybody',
  announce: {
    player_joined: (/** @type {string} */ name) => `${name} joined.`,
    player_left: (/** @type {string} */ name) => `${name} left.`,
    player_kicked: (/** @type {string} */ name) => `${name} was removed.`,
    settings_changed: 'The host changed the settings. Everybody must be ready again.',
    host_changed: (/** @type {string} */ name) => (name === 'You' ? 'You are the host now.' : `${name} is the host now.`),
    player_disconnected: (/** @type {string} */ name) => `${name} lost the connection.`,
    player_reconnected: (/** @type {string} */ name) => `${name} is back.`,
    player_marked_absent: (/** @type {string} */ name) => `${name} is away.`,
    game_paused: 'The game is paused.',
    game_completed: 'The game is over.',
    yourTurn: 'It is your turn.',
    hurry: '10 seconds left.',
  },
};
