/** Was die Tasten tun. */

/** @type {typeof import('../en/help.js').default} */
export default {
  title: 'Tasten',
  keys: [
    ['← →', 'Karte oder Ansage wählen'],
    ['0 … 9', 'Ansage wählen'],
    ['Enter', 'Karte spielen, ansagen'],
    ['L', 'letzten Stich zeigen'],
    ['S', 'Punkte und Züge'],
    ['C', 'im Chat schreiben'],
    ['Esc', 'schließen'],
    ['?', 'diese Tasten'],
  ],
};
