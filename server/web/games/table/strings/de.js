/** Was jeder Tisch sagt. */

import { score } from '../../../i18n/numbers.js';

/** @type {typeof import('./en.js').default} */
export default {
  status: { active: '', disconnected: 'offline', absent: 'abwesend', left: 'gegangen' },
  points: (points) => `${score(points)} ${Math.abs(points) === 1 ? 'Punkt' : 'Punkte'}`,
  scores: 'Punkte',
  log: 'Züge',
  winners: (names) =>
    names.length > 1
      ? `${names.join(' und ')} teilen sich den Sieg`
      : `${names[0]} ${names[0] === 'Du' ? 'gewinnst' : 'gewinnt'} das Spiel`,
  maxPlayers: 'Plätze',
  turnSeconds: 'Zeit pro Zug',
  seconds: (count) => (count === 0 ? 'unbegrenzt' : `${count} s`),
  isPublic: 'Für alle gelistet',
  announce: {
    player_joined: (name) => `${name} ist dabei.`,
    player_left: (name) => `${name} ist gegangen.`,
    player_kicked: (name) => `${name} wurde entfernt.`,
    settings_changed: 'Der Gastgeber hat die Einstellungen geändert. Alle müssen neu bereit sein.',
    host_changed: (name) => (name === 'Du' ? 'Du bist jetzt Gastgeber.' : `${name} ist jetzt Gastgeber.`),
    player_disconnected: (name) => `${name} hat die Verbindung verloren.`,
    player_reconnected: (name) => `${name} ist wieder da.`,
    player_marked_absent: (name) => `${name} ist abwesend.`,
    game_paused: 'Das Spiel macht Pause.',
    game_completed: 'Das Spiel ist zu Ende.',
    yourTurn: 'Du bist dran.',
    hurry: 'Noch 10 Sekunden.',
  },
};
