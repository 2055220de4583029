/** Die Seiten der Spieler und der Besten unter ihnen, und was Diagramme sagen. */

/** @param {number} count @param {string} one @param {string} many */
const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** @type {typeof import('../en/profile.js').default} */
export default {
  charts: {
    rating: 'Wertung nach jedem Spiel',
    ratingText: (games, from, to, low, high) =>
      `Über ${plural(games, 'Spiel', 'Spiele')} von ${from} auf ${to}; tiefste ${low}, höchste ${high}. Das Band zeigt, wie sicher die Wertung ist.`,
    distribution: 'Spiele nach Endstand',
    distributionText: (games, most) => `${plural(games, 'Spiel', 'Spiele')}; am häufigsten ${most} Punkte.`,
  },
  loading: 'Der Spieler wird geholt …',
  unknown: 'Diesen Spieler gibt es nicht.',
  bot: 'Bot',
  newcomer: 'Noch keine beendeten Spiele. Was zu Ende gespielt ist, erscheint hier.',
  botHint: 'Ein Bot, der zum Server gehört. Er spielt mit, wo ein Platz frei ist.',
  figures: 'Über alle Spiele',
  byGame: 'Nach Spielen',
  games: 'Spiele',
  won: 'Gewonnen',
  winRate: 'Anteil gewonnen',
  highest: 'Höchster Endstand',
  lowest: 'Tiefster Endstand',
  points: 'Punkte insgesamt',
  tricks: 'Stiche',
  misplays: 'Abgelehnte Züge',
  streak: 'Zurzeit',
  streakOf: (wins, losses) =>
    wins > 0
      ? `${plural(wins, 'Sieg', 'Siege')} in Folge`
      : losses > 0
        ? `${plural(losses, 'Niederlage', 'Niederlagen')} in Folge`
        : '–',
  bestRun: 'Längste Siegesserie',
  worstRun: 'Längste Niederlagenserie',
  withBots: 'Davon mit Bots',
  withBotsOf: (games, wins) => `${plural(games, 'Spiel', 'Spiele')}, ${wins} gewonnen`,
  lastGame: 'Letztes Spiel',
  ratings: 'Wertung',
  pool: { people: 'unter Menschen', bots: 'mit Bots' },
  provisional: 'noch unsicher',
  provisionalHint: 'Wenige Spiele: die Wertung kann sich noch stark bewegen.',
  ratingOf: (rating, deviation) => `${rating} ± ${deviation}`,
  noRating: 'Noch nicht gewertet.',
  distribution: 'Endstände',
  scoreBin: (from, to) => (from === to ? from : `${from} bis ${to}`),
  history: 'Spiele',
  when: 'Wann',
  score: 'Punkte',
  rank: 'Platz',
  rankOf: (rank, players) => `${rank} von ${players}`,
  change: 'Wertung',
  watch: 'Ansehen',
  watchOf: (when) => `Spiel vom ${when} ansehen`,
  wonMark: 'gewonnen',
  more: 'Mehr',
  numbers: 'Die Zahlen',
  game: 'Spiel',
  leaderboards: 'Bestenlisten',
  metric: 'Geordnet nach',
  metrics: {
    rating: 'Wertung unter Menschen',
    rating_bots: 'Wertung mit Bots',
    wins: 'Siege',
    win_rate: 'Anteil gewonnen',
    highest_score: 'Höchster Endstand',
    total_points: 'Punkte insgesamt',
    total_tricks_won: 'Stiche',
  },
  player: 'Spieler',
  value: 'Wert',
  gamesPlayed: 'Spiele',
  leastGames: 'Spieler mit mindestens 10 Spielen.',
  settledOnly: 'Spieler, deren Wertung sicher genug ist.',
  nobody: 'Noch steht niemand hier.',
  leadersUnknown: 'Die Liste lässt sich zurzeit nicht laden.',
};
