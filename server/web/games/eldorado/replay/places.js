/** Where a replay can stop: at moves, tricks, rounds, and at the moments that decided the game. Pure. */

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./recording.js').View} View
 * @typedef {'missed' | 'lead' | 'misplay' | 'away'} Kind
 * @typedef {{index: number, kind: Kind, players: string[], round: number, trick: number | null}} Moment
 * @typedef {object} Places
 * @property {number} start the first deal
 * @property {number[]} moves what people do and see: deals, bids, cards, tricks, scores
 * @property {number[]} tricks
 * @property {number[]} rounds their deals, and the end
 * @property {Moment[]} moments
 */

const MOVES = new Set([
  'trump_revealed',
  'player_bid',
  'card_played',
  'trick_completed',
  'round_scored',
  'game_completed',
]);
const GONE = new Set(['player_disconnected', 'player_marked_absent', 'player_left', 'player_kicked']);

/** @param {Recording} recording @returns {Places} */
export function placesOf(recording) {
  const { events, head } = recording;
  /** @param {(name: string) => boolean} fits */
  const where = (fits) => events.filter((event) => fits(event.name)).map((event) => event.index);
  const moves = where((name) => MOVES.has(name)).map((index) =>
    // Trump that a card breaks belongs to the same move.
    events[index + 1]?.name === 'trump_broken' ? index + 1 : index,
  );
  const deals = where((name) => name === 'trump_revealed');
  return {
    start: deals[0] ?? head,
    moves: [...new Set([0, ...moves, head])].sort((a, b) => a - b),
    tricks: [...new Set([0, ...deals, ...where((name) => name === 'trick_completed'), head])].sort((a, b) => a - b),
    rounds: [...deals, head],
    moments: momentsOf(recording),
  };
}

/**
 * The last place before an index, or the first one behind it.
 * @param {number[]} places sorted
 * @param {number} index
 * @param {number} direction -1 or 1
 */
export function neighbour(places, index, direction) {
  if (direction > 0) return places.find((place) => place > index) ?? places[places.length - 1];
  return places.filter((place) => place < index).pop() ?? places[0];
}

/** @param {Recording} recording @returns {Moment[]} */
function momentsOf({ events, views }) {
  /** @type {Moment[]} */
  const found = [];
  let leader = '';
  for (const { index, name, data } of events) {
    const before = views[index - 1];
    const view = views[index];
    const add = (/** @type {Kind} */ kind, /** @type {string[]} */ players) => {
      const trick =
        view.phase === 'playing' ? ((view.round?.trick ?? view.round?.last_trick)?.trick_index ?? null) : null;
      found.push({ index, kind, players, round: view.round?.round_index ?? 0, trick });
    };
    if (name === 'trick_completed') {
      const missed = Object.keys(view.round.bids).filter((id) => isLost(view, id) && !isLost(before, id));
      if (missed.length > 0) add('missed', missed);
    } else if (name === 'round_scored') {
      const ahead = leadersOf(view.scores);
      if (ahead.length === 1 && ahead[0] !== leader) {
        if (leader !== '') add('lead', ahead);
        leader = ahead[0];
      }
    } else if (name === 'invalid_action') {
      add('misplay', [data.player_id]);
    } else if (GONE.has(name) && view.round && view.phase !== 'completed') {
      add('away', [data.player_id]);
    }
  }
  return found;
}

/** Whether a bid can't be met any more. @param {View} view @param {string} id */
function isLost({ round }, id) {
  const won = round.tricks_won[id] ?? 0;
  const over = /** @type {number[]} */ (Object.values(round.tricks_won)).reduce((sum, count) => sum + count, 0);
  return won > round.bids[id] || won + (round.cards_per_player - over) < round.bids[id];
}

/** @param {Record<string, number>} scores */
function leadersOf(scores) {
  const best = Math.max(...Object.values(scores));
  return Object.keys(scores).filter((id) => scores[id] === best);
}
