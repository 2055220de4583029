/** Was El Dorado sagt: sein Tisch und seine Einstellungen. */

import { delta } from '../../../../i18n/numbers.js';

/** @param {number} count @param {string} one @param {string} many */
const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** @type {typeof import('../en/table.js').default} */
export default {
  suits: { clubs: 'Kreuz', diamonds: 'Karo', hearts: 'Herz', spades: 'Pik' },
  suitLetters: { clubs: 'Kr', diamonds: 'Ka', hearts: 'H', spades: 'P' },
  ranks: { J: 'Bube', Q: 'Dame', K: 'König', A: 'Ass' },
  cardName: (rank, suit) => `${suit}-${rank}`,
  label: 'Tisch',
  seats: 'Mitspieler',
  round: (index, total) => `Runde ${index + 1} von ${total}`,
  trick: (index, total) => `Stich ${index + 1} von ${total}`,
  trump: 'Trumpf',
  led: 'Angespielt',
  trumpBroken: 'gebrochen',
  trumpUnbroken: 'nicht gebrochen',
  trumpTitle: (card, broken) =>
    `Trumpf: ${card} wurde aufgedeckt. Trumpf darf ${broken ? '' : 'noch nicht '}angespielt werden.`,
  bidWon: (bid, won) => (bid === undefined ? 'noch keine Ansage' : `Ansage ${bid} · ${won} gemacht`),
  wonOf: (won, bid) => `${won} von ${bid}`,
  dealer: 'Geber',
  yourBid: 'Wie viele Stiche machst du?',
  bidHint: 'Zahl tippen, dann Eingabe',
  bidsSoFar: (sum, tricks) => `Bisher angesagt: ${sum} bei ${plural(tricks, 'Stich', 'Stichen')}`,
  bid: (value) => `${value} ansagen`,
  yourTurn: 'Du bist dran: spiele eine Karte',
  yourLead: 'Du spielst an',
  turnOf: (name) => `${name} überlegt`,
  bidOf: (name) => `${name} sagt an`,
  lastTrick: 'Letzter Stich',
  lastTrickOf: (name) => `Letzter Stich: ${name}`,
  takes: (name) => (name === 'Du' ? 'Du machst den Stich' : `${name} macht den Stich`),
  hand: 'Deine Hand',
  playable: 'spielbar',
  notPlayable: 'jetzt nicht spielbar',
  mustFollow: (suit) => `Du musst ${suit} bedienen.`,
  noTrumpLead: 'Trumpf darf noch nicht angespielt werden.',
  notYourTurn: 'Du bist nicht dran.',
  sending: 'wird gespeichert',
  saved: 'gespeichert',
  watching: 'Du schaust zu.',
  nextRound: 'Gleich beginnt die nächste Runde.',
  total: 'Summe',
  roundColumn: 'Runde',
  rounds: 'Runden',
  announce: {
    round_started: (round, cards, dealer) => `Runde ${round + 1}: ${plural(cards, 'Karte', 'Karten')}, Geber: ${dealer}.`,
    trump_revealed: (card) => `Trumpf ist ${card}.`,
    player_bid: (name, bid) => `${name}: Ansage ${bid}.`,
    card_played: (name, card) => `${name}: ${card}.`,
    trump_broken: 'Trumpf ist gebrochen.',
    trick_completed: (name, card) => `Stich für ${name} mit ${card}.`,
    round_scored: (name, points) => `${name}: ${delta(points)}.`,
  },
  refusals: {
    must_follow_suit: 'Du musst die Farbe bedienen.',
    cannot_lead_trump: 'Trumpf darf noch nicht angespielt werden.',
  },
};
