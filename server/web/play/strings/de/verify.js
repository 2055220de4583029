/** Die Seite, die eine Mischung prüft. */

/** @type {typeof import('../en/verify.js').default} */
export default {
  title: 'Wurde ehrlich gemischt?',
  again: 'Noch einmal prüfen',
  watch: 'Spiel ansehen',
  noCheck: 'Diese Seite kann nicht prüfen, wie bei diesem Spiel gemischt wurde.',
};
