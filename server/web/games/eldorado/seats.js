/** The people around the table. */

import { strings } from '../../i18n/strings.js';
import { score } from '../../i18n/numbers.js';
import { table } from '../table/strings.js';
import { t } from './strings.js';
import { h } from '../../kit/dom.js';
import { colourOf, countdownRing, faceOf, isSeated, nameOfPlayer } from '../table/people.js';

/**
 * @typedef {import('../table/view.js').TableRoom} Room
 * @typedef {import('../table/fold.js').View} View
 */

/**
 * Where each player sits, as an angle: the viewer at the bottom, the others clockwise from there.
 * @param {View} view
 * @returns {Map<string, number>} radians, clockwise, 0 to the right
 */
function anglesOf(view) {
  const { players, you } = view;
  const first = Math.max(
    0,
    players.findIndex((p) => p.player_id === you.player_id),
  );
  return new Map(
    players.map((player, i) => {
      const steps = (i - first + players.length) % players.length;
      return [player.player_id, Math.PI / 2 + (steps * 2 * Math.PI) / players.length];
    }),
  );
}

/** How square a tall table is: at 1 its rim is an ellipse, and seats near the corners would overlap. */
const SQUARED = 0.6;

/**
 * Where on the rim of the table somebody sits, from its middle, each way from -1 to 1: `--x` to the right, `--y` down,
 * and `--tall-x` to the right on a table that is taller than wide.
 * @param {View} view
 * @param {string} playerId
 * @param {string} [to] begins the names instead of `--`
 */
export function placeOf(view, playerId, to = '--') {
  const angle = anglesOf(view).get(playerId) ?? 0;
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  const tall = Math.sign(x) * Math.abs(x) ** SQUARED;
  return { [`${to}x`]: x.toFixed(4), [`${to}y`]: y.toFixed(4), [`${to}tall-x`]: tall.toFixed(4) };
}

/** @param {Room} room */
export function opponentSeats(room) {
  const view = /** @type {View} */ (room.view);
  const mine = view.players.findIndex((p) => p.player_id === view.you.player_id);
  const clockwise = [...view.players.slice(mine + 1), ...view.players.slice(0, Math.max(0, mine))];
  const seats = clockwise.map((player) => seat(room, player));
  return h('ul', { class: `seats has-${Math.min(10, seats.length)}`, 'aria-label': t.seats }, seats);
}

/** The viewer's own place, above the hand. @param {Room} room */
export function ownSeat(room) {
  const view = /** @type {View} */ (room.view);
  const player = view.players.find((p) => p.player_id === view.you.player_id);
  if (!isSeated(view) || !player) return h('p', { key: 'own', class: 'own-seat is-watching' }, t.watching);
  return h('div', { key: 'own', class: `own-seat ${turnClass(view, player)}` }, seatBody(room, player));
}

/** @param {Room} room @param {import('../table/view.js').Player} player */
function seat(room, player) {
  const view = /** @type {View} */ (room.view);
  return h(
    'li',
    {
      key: player.player_id,
      class: `seat is-${player.status} ${turnClass(view, player)}`,
      vars: { ...placeOf(view, player.player_id), '--player-color': colourOf(view, player) },
    },
    seatBody(room, player),
  );
}

/** @param {View} view @param {import('../table/view.js').Player} player */
function turnClass(view, player) {
  return view.turn?.player_id === player.player_id ? 'is-turn' : '';
}

/** @param {Room} room @param {import('../table/view.js').Player} player */
function seatBody(room, player) {
  const view = /** @type {View} */ (room.view);
  const id = player.player_id;
  const isTurn = view.turn?.player_id === id;
  const status = table.status[player.status];
  return [
    h(
      'span',
      { class: 'portrait' },
      faceOf(view, player),
      isTurn && countdownRing(room.deadline, view.config.turn_seconds * 1000),
      view.round?.dealer_player_id === id && h('abbr', { class: 'dealer', title: t.dealer }, 'D'),
    ),
    h(
      'span',
      { class: 'who' },
      h(
        'span',
        { class: 'name' },
        nameOfPlayer(view, id),
        player.is_bot && h('small', null, strings.bot),
      ),
      view.round &&
        h(
          'span',
          { class: 'bid' },
          bidWon(pendingOr(room, view, id), view.round.tricks_won[id] ?? 0),
          id === view.you.player_id && bidMark(room, view),
        ),
      view.round && pips(view.round.bids[id], view.round.tricks_won[id] ?? 0),
    ),
    h(
      'span',
      { class: 'standing' },
      h('b', null, score(view.scores[id] ?? 0)),
      status && h('small', { class: 'status' }, status),
    ),
  ];
}

/** In words, and in short for seats that are small. @param {number | undefined} bid @param {number} won */
function bidWon(bid, won) {
  const kind = bid === undefined || won < bid ? '' : won === bid ? 'is-made' : 'is-over';
  return [
    h('span', { class: 'in-words' }, t.bidWon(bid, won)),
    h('span', { class: `in-short ${kind}`, 'aria-hidden': 'true' }, bid === undefined ? '–' : `${won} / ${bid}`),
  ];
}

/** The viewer's own bid is shown as soon as it is made. @param {Room} room @param {View} view @param {string} id */
function pendingOr(room, view, id) {
  const pending = room.pendingMove;
  const isMine = id === view.you.player_id && view.phase === 'bidding' && pending?.name === 'bid';
  return view.round.bids[id] ?? (isMine ? pending.args.value : undefined);
}

/** Whether the viewer's bid is in the log yet. @param {Room} room @param {View} view */
function bidMark(room, view) {
  const pending = room.pendingMove?.name === 'bid' ? room.pendingMove : undefined;
  const isSaved = pending ? pending.committedAt !== undefined : view.round.bids[view.you.player_id] !== undefined;
  if (view.phase !== 'bidding' || (!pending && !isSaved)) return null;
  const title = isSaved ? t.saved : t.sending;
  return h('span', { class: 'mark', role: 'img', 'aria-label': title, title }, isSaved ? '✓' : '…');
}

/**
 * One dot for each trick of the bid, filled when taken; tricks beyond the bid stand out.
 * @param {number | undefined} bid
 * @param {number} won
 */
function pips(bid, won) {
  if (bid === undefined) return null;
  const dots = Array.from({ length: Math.max(bid, won) }, (_, i) =>
    h('i', { class: i >= bid ? 'pip is-over' : i < won ? 'pip is-won' : 'pip' }),
  );
  return h('span', { class: 'pips', 'aria-hidden': 'true' }, dots);
}
