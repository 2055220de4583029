/** Die Wiederholung eines beendeten Spiels. */

/** @param {string[]} names */
const listed = (names) =>
  names.length < 3 ? names.join(' und ') : `${names.slice(0, -1).join(', ')} und ${names[names.length - 1]}`;

/** @type {typeof import('../en/replay.js').default} */
export default {
  verify: 'Mischung prüfen',
  beforeTheDeal: 'Vor dem ersten Geben.',
  handOf: (name) => `Hand von ${name}`,
  round: (index) => `Runde ${index + 1}`,
  trickBack: 'Einen Stich zurück',
  trickOn: 'Einen Stich vor',
  roundBack: 'Eine Runde zurück',
  roundOn: 'Eine Runde vor',
  perspective: 'Gesehen von',
  openHands: 'Alle Hände offen',
  asSpectator: 'Wie ein Zuschauer',
  asPlayer: (name) => `Wie ${name}`,
  player: 'Spieler',
  tricks: 'Stiche',
  fork: 'Von hier weiterspielen',
  forkHint:
    'Öffnet einen privaten Raum, der von diesem Zug an weitergeht: du auf dem Platz, von dem du schaust, Bots auf den anderen (F)',
  forkedFrom: 'Geht von einem anderen Spiel weiter, von diesem Zug an',
  help: 'Tasten',
  moments: 'Entscheidende Stellen',
  where: (round, trick) => `Runde ${round + 1}${trick === null ? '' : `, Stich ${trick + 1}`}`,
  moment: {
    missed: (names, where) =>
      `${where}: ${listed(names)} ${names.length > 1 ? 'können' : 'kann'} die Ansage nicht mehr erfüllen`,
    lead: (names, where) => `${where}: ${listed(names)} geht in Führung`,
    misplay: (names, where) => `${where}: ${listed(names)} versuchte einen unerlaubten Zug`,
    away: (names, where) => `${where}: ${listed(names)} war weg`,
  },
  keys: [
    ['Leertaste', 'abspielen, anhalten'],
    ['← →', 'ein Zug'],
    ['Umschalt ← →', 'ein Stich'],
    ['↑ ↓', 'eine Runde'],
    ['Pos1, Ende', 'zum Anfang, zum Ende'],
    ['+ −', 'schneller, langsamer'],
    ['1 … 9', 'wie der Spieler dieses Platzes es sah'],
    ['0', 'alle Hände offen'],
    ['S', 'wie ein Zuschauer es sah'],
    ['C', 'Link zu diesem Zug kopieren'],
    ['F', 'von hier weiterspielen'],
  ],
  scores: 'Punkte nach Runden',
  scoresText: (ranking) => `Am Ende: ${ranking}.`,
};
