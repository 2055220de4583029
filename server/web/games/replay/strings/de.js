/** Die Wiederholung eines beendeten Spiels. */

/** @type {typeof import('./en.js').default} */
export default {
  title: 'Wiederholung',
  loading: 'Das Spiel wird geholt …',
  unknown: 'Dieses Spiel gibt es hier nicht, oder es ist privat und noch nicht zu Ende.',
  aborted: 'Dieses Spiel wurde vorzeitig beendet. Es gibt nichts, was man noch einmal ansehen könnte.',
  controls: 'Wiederholung',
  position: 'Stelle',
  events: (head) => `Ereignisse 0 bis ${head}.`,
  play: 'Abspielen',
  pause: 'Anhalten',
  space: 'Leertaste',
  moveBack: 'Einen Zug zurück',
  moveOn: 'Einen Zug vor',
  speed: 'Tempo',
  times: (speed) => `${String(speed).replace('.', ',')}×`,
  copyLink: 'Link kopieren',
  copied: 'Link zu diesem Zug kopiert.',
  copyFailed: 'Kopieren ist hier nicht erlaubt. Die Adresse dieser Seite ist der Link.',
};
