/** Die Startseite, wie El Dorado sie füllt. */

/** @type {typeof import('../en/welcome.js').default} */
export default {
  tagline: 'Zehn Runden, ein Trumpf, jede Runde ein Versprechen. Mach genau die Stiche, die du ansagst.',
  rules: [
    'In jeder Runde sagen alle an, wie viele Stiche sie machen.',
    'Bediene die angespielte Farbe, wenn du kannst. Der höchste Trumpf sticht, sonst die höchste Karte der Farbe.',
    'Trumpf darf erst angespielt werden, wenn jemand einen Stich getrumpft hat.',
    'Ansage genau erfüllt: 5 Punkte plus die Ansage. Verfehlt: ebenso viele minus.',
  ],
  rounds: 'Runden',
};
