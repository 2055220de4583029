/** Spiele, die diese Seite nicht beim Namen kennt: ihre Räume und Aufzeichnungen. */

/** @type {typeof import('./en.js').default} */
export default {
  yourMove: 'Dein Zug',
  waiting: 'Im Augenblick gibt es nichts zu wählen.',
  more: (count) => `${count} weitere Züge sind möglich; ein anderes Programm kann sie machen.`,
  state: 'Was auf dem Tisch liegt',
  feed: 'Was geschehen ist',
  players: 'Spieler',
  yes: 'ja',
  no: 'nein',
  nothing: '–',
  event: (index) => `Ereignis ${index}`,
};
