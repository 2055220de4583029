/** The middle of the table: the cards of the trick and who played them. */

import { t } from './strings.js';
import { cardFace, nameOf } from './card-face.js';
import { h } from '../../kit/dom.js';
import { nameOfPlayer } from '../table/people.js';
import { placeOf } from './seats.js';

/**
 * @typedef {import('../table/view.js').TableRoom} Room
 * @typedef {import('../table/fold.js').View} View
 * @typedef {{player_id: string, card: string, mark?: 'pending' | 'saved'}} Play
 */

/** @param {Room} room @param {boolean} showsLast the viewer asked for the last trick */
export function trickArea(room, showsLast) {
  const view = /** @type {View} */ (room.view);
  const { trick, last_trick: last } = /** @type {import('./view.js').Round} */ (view.round);
  const justEnded = room.lastShown?.name === 'trick_completed' || room.lastShown?.name === 'round_scored';
  const isLast = last !== null && (showsLast || justEnded);
  const plays = isLast ? last.plays : currentPlays(room, view);
  const winner = isLast ? last.winning_player_id : null;
  return h(
    'div',
    { class: 'trick', key: 'trick' },
    h(
      'ol',
      // The list keeps its key when the trick is completed, so that its cards don't arrive a second time.
      {
        class: `plays ${isLast && !showsLast ? 'is-taken' : ''}`,
        key: `${view.round.round_index}.${(isLast ? last : trick)?.trick_index}`,
        vars: winner === null ? {} : placeOf(view, winner, '--to-'),
      },
      plays.map((play) => playedCard(view, play, winner)),
    ),
    h('p', { class: 'prompt' }, isLast ? lastPrompt(view, last, showsLast) : prompt(room, view)),
  );
}

/**
 * The trick as the viewer sees it: with the viewer's own card as soon as it is played.
 * @param {Room} room
 * @param {View} view
 */
function currentPlays(room, view) {
  const mine = view.you.player_id;
  const pending = room.pendingMove;
  const isSaved = room.lastShown !== null && !view.you.is_other;
  /** @type {Play[]} */
  const plays = (view.round.trick?.plays ?? []).map((/** @type {Play} */ play) =>
    play.player_id === mine && isSaved ? { ...play, mark: 'saved' } : play,
  );
  if (pending?.name === 'play_card' && !plays.some((play) => play.player_id === mine)) {
    const mark = pending.committedAt === undefined ? 'pending' : 'saved';
    plays.push({ player_id: mine, card: /** @type {string} */ (pending.args.card), mark });
  }
  return plays;
}

/** @param {View} view @param {Play} play @param {string | null} winner */
function playedCard(view, { player_id, card, mark }, winner) {
  const rank = winner === null ? '' : player_id === winner ? 'is-winner' : 'is-beaten';
  const name = nameOfPlayer(view, player_id);
  return h(
    'li',
    {
      key: `${player_id}.${card}`,
      class: `played ${rank} is-${mark ?? 'solid'}`,
      vars: placeOf(view, player_id),
    },
    h('span', { class: 'card', role: 'img', 'aria-label': `${name}: ${nameOf(card)}` }, cardFace(card)),
    h('span', { class: 'by', 'aria-hidden': 'true' }, name),
    mark === 'pending' && h('span', { class: 'tick', title: t.sending }, '…'),
    mark === 'saved' && h('span', { class: 'tick', title: t.saved }, '✓'),
  );
}

/** @param {View} view @param {Record<string, any>} last @param {boolean} asked */
function lastPrompt(view, last, asked) {
  const name = nameOfPlayer(view, last.winning_player_id);
  return asked ? t.lastTrickOf(name) : t.takes(name);
}

/** @param {Room} room @param {View} view */
function prompt(room, view) {
  const mover = view.turn?.player_id;
  if (room.pendingMove || !mover) return '';
  if (mover !== view.you.player_id) {
    const name = nameOfPlayer(view, mover);
    return view.phase === 'bidding' ? t.bidOf(name) : t.turnOf(name);
  }
  if (view.phase === 'bidding') return '';
  return view.round.trick?.plays.length ? t.yourTurn : t.yourLead;
}
