/** Was jede Seite sagt. */

/** @type {Record<string, string>} */
const pauses = {
  database: 'der Speicher ist nicht erreichbar',
  restart: 'der Server startet neu',
  operator: 'der Betreiber hält das Spiel an',
};

/** @type {typeof import('./en.js').default} */
export default {
  title: 'Parlor',
  you: 'Du',
  bot: 'Bot',
  host: 'Gastgeber',
  behind: (seconds) => `${seconds} s verzögert`,
  watching: (count) => `${count} schauen zu`,
  pausedBecause: (reason) =>
    `Pause: ${pauses[reason] ?? 'einen Augenblick'}. Nichts geht verloren, es geht von selbst weiter.`,
  notice: (text) => `Vom Betreiber: ${text}`,
  toHome: 'Zur Startseite',
  dismiss: 'Schließen',

  preferences: {
    title: 'Darstellung',
    language: 'Sprache',
    theme: 'Aussehen',
    themes: { system: 'wie das System', light: 'hell', dark: 'dunkel' },
    suits: 'Kartenfarben',
    suitColours: { four: 'vier Farben', two: 'zwei Farben' },
  },

  link: {
    connecting: 'Verbinde …',
    connected: 'Verbunden',
    reconnecting: 'Verbinde neu …',
    closed: 'Geschlossen',
    replaced: 'Anderswo geöffnet',
    forbidden: 'Du darfst diesen Raum nicht betreten.',
    not_found: 'Diesen Raum gibt es nicht.',
    malformed: 'Diese Seite und der Server verstehen sich nicht. Lade die Seite neu.',
    unauthorized: 'Der Server erkennt diesen Browser nicht an.',
    paused: 'Pause',
    replacedHint: 'Du hast diesen Raum in einem anderen Fenster geöffnet. Dort geht es weiter.',
    useHere: 'Hier spielen',
    reload: 'Neu laden',
  },
};
