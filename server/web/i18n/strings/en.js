/** What every page says. */

/** @type {Record<string, string>} */
const pauses = {
  database: 'storage is away',
  restart: 'the server restarts',
  operator: 'the operator holds the game',
};

export default {
  title: 'Parlor',
  you: 'You',
  bot: 'bot',
  host: 'host',
  behind: (/** @type {number} */ seconds) => `${seconds} s behind`,
  watching: (/** @type {number} */ count) => `${count} watching`,
  pausedBecause: (/** @type {string} */ reason) =>
    `Paused: ${pauses[reason] ?? 'one moment'}. Nothing is lost, and it goes on by itself.`,
  notice: (/** @type {string} */ text) => `From the operator: ${text}`,
  toHome: 'Back to the start page',
  dismiss: 'Close',

  preferences: {
    title: 'Preferences',
    language: 'Language',
    theme: 'Appearance',
    themes: { system: 'as the system', light: 'light', dark: 'dark' },
    suits: 'Suits',
    suitColours: { four: 'four colours', two: 'two colours' },
  },

  link: {
    connecting: 'Connecting…',
    connected: 'Connected',
    reconnecting: 'Reconnecting…',
    closed: 'Closed',
    replaced: 'Open elsewhere',
    forbidden: 'You can’t enter this room.',
    not_found: 'There is no such room.',
    malformed: 'This page and the server don’t understand each other. Reload the page.',
    unauthorized: 'The server doesn’t accept this browser’s identity.',
    paused: 'Paused',
    replacedHint: 'You opened this room in another window. There it goes on.',
    useHere: 'Play here',
    reload: 'Reload',
  },
};
