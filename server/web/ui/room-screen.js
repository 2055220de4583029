/** Everything that is on the screen of a room, put together. */

import { strings } from '../strings.js';
import { topBar } from './bar.js';
import { bidPanel } from './bids.js';
import { chatPanel } from './chat.js';
import { h } from './dom.js';
import { facts, lineState, pausedNote, progress, watchers } from './facts.js';
import { hand } from './hand.js';
import { iconButton } from './icons.js';
import { isSeated } from './people.js';
import { scoreTable } from './scores.js';
import { opponentSeats, ownSeat } from './seats.js';
import { trickArea } from './trick.js';

/**
 * @typedef {import('../play/room.js').Room} Room
 * @typedef {import('../play/fold-table.js').View} View
 * @typedef {import('../pages/room-page.js').Screen} Screen
 */

/** Ends of a connection that it doesn't come back from by itself. */
const ENDS = new Set(['replaced', 'forbidden', 'not_found', 'malformed', 'unauthorized']);

/**
 * Parts that a room comes to before and after its game.
 * @type {{lobby?: typeof import('./lobby.js'), result?: typeof import('./result.js')}}
 */
const parts = {};

/**
 * Load what this phase shows, unless it is here.
 * @param {View['phase'] | undefined} phase
 * @returns {Promise<boolean>} whether there is something new to draw
 */
export async function loadPart(phase) {
  if (phase === 'lobby' && !parts.lobby) parts.lobby = await import('./lobby.js');
  else if ((phase === 'completed' || phase === 'aborted') && !parts.result) parts.result = await import('./result.js');
  else return false;
  return true;
}

/** @param {Room} room @param {Screen} screen */
export function roomScreen(room, screen) {
  return h(
    'div',
    { class: `room is-${room.view?.phase ?? 'loading'}` },
    bar(room),
    pausedNote(room),
    ENDS.has(room.link) ? endOfLine(room) : content(room, screen),
  );
}

/** @param {Room} room */
function bar(room) {
  const { view } = room;
  const hasTable = Boolean(view?.round);
  return topBar(
    h('p', { class: 'progress' }, view ? progress(view) : ''),
    watchers(room),
    lineState(room),
    hasTable &&
      h(
        'button',
        { key: 'scores', type: 'button', class: 'is-quiet only-narrow', 'data-action': 'show-scores' },
        strings.table.scores,
      ),
    hasTable && iconButton('help', strings.table.help, 'help'),
  );
}

/** @param {Room} room @param {Screen} screen */
function content(room, screen) {
  const { view } = room;
  if (!view) return h('main', { class: 'loading' }, h('p', { class: 'quiet' }, strings.link.connecting));
  if (view.phase === 'lobby') {
    const panel = parts.lobby?.lobby(room, screen.fillAt, screen.levels);
    return h('main', { key: 'lobby', class: 'page' }, panel && [panel, chatPanel(room)]);
  }
  if (view.phase === 'completed' || view.phase === 'aborted') {
    const panel = parts.result?.result(view, screen.verification);
    return h('main', { key: 'result', class: 'page' }, panel && [panel, chatPanel(room)]);
  }
  return [table(room, view, screen), aside(room, view, screen), scoreSheet(room, view, screen), leaveDialog()];
}

/** @param {Room} room @param {View} view @param {Screen} screen */
function table(room, view, screen) {
  if (!view.round) return h('main', { key: 'table', class: 'table' });
  return h(
    'main',
    { key: 'table', class: 'table', 'aria-label': strings.table.label },
    h(
      'div',
      { class: `felt seats-${view.players.length}` },
      facts(view),
      h('div', { class: 'around' }, opponentSeats(room), middle(room, view, screen)),
      view.round.last_trick &&
        h(
          'button',
          {
            key: 'last',
            type: 'button',
            class: 'is-quiet last-trick',
            'data-action': 'last-trick',
            'aria-pressed': String(screen.showsLastTrick),
          },
          strings.table.lastTrick,
        ),
    ),
    h('div', { class: 'own' }, ownSeat(room), isSeated(view) && hand(room, screen.focused)),
  );
}

/**
 * What the round is at: bids to make, a trick, or its scores.
 * @param {Room} room
 * @param {View} view
 * @param {Screen} screen
 */
function middle(room, view, screen) {
  const isOver = view.phase === 'scoring' && room.lastShown?.name !== 'trick_completed';
  return bidPanel(room) ?? (isOver && !screen.showsLastTrick ? roundEnd(view) : trickArea(room, screen.showsLastTrick));
}

/** @param {View} view */
function roundEnd(view) {
  const { round, config } = view;
  return h(
    'section',
    { key: 'round-end', class: 'round-end' },
    h('h2', null, strings.table.round(round.round_index, config.rounds)),
    scoreTable(view),
    round.round_index + 1 < config.rounds && h('p', { class: 'quiet' }, strings.table.nextRound),
  );
}

/** @param {Room} room @param {View} view @param {Screen} screen */
function aside(room, view, screen) {
  return h('aside', { key: 'aside', class: 'aside' }, besideTheTable(room, view, screen));
}

/** The same for narrow screens, on demand. @param {Room} room @param {View} view @param {Screen} screen */
function scoreSheet(room, view, screen) {
  return h(
    'dialog',
    { key: 'sheet', class: 'sheet score-sheet', 'aria-label': strings.table.scores },
    h('button', { type: 'button', class: 'is-quiet close', 'data-action': 'close-dialog' }, strings.dismiss),
    besideTheTable(room, view, screen),
  );
}

/** @param {Room} room @param {View} view @param {Screen} screen */
function besideTheTable(room, view, screen) {
  return [
    h('h2', null, strings.table.scores),
    scoreTable(view),
    h('h2', null, strings.table.log),
    h(
      'ol',
      { class: 'moves', tabindex: '0', 'aria-label': strings.table.log },
      screen.log.map((line) => h('li', null, line)),
    ),
    chatPanel(room),
    h('button', { type: 'button', class: 'is-quiet leave', 'data-action': 'ask-to-leave' }, strings.table.leave),
  ];
}

function leaveDialog() {
  const s = strings.table;
  return h(
    'dialog',
    { key: 'leave', class: 'sheet leave-dialog', 'aria-labelledby': 'leave-title' },
    h('h2', { id: 'leave-title' }, s.leaveQuestion),
    h('p', { class: 'quiet' }, s.leaveHint),
    h(
      'div',
      { class: 'choices' },
      h('button', { type: 'button', class: 'is-primary', 'data-action': 'close-dialog' }, s.stay),
      h('button', { type: 'button', 'data-action': 'leave' }, s.leave),
    ),
  );
}

/** @param {Room} room */
function endOfLine(room) {
  const isReplaced = room.link === 'replaced';
  return h(
    'main',
    { key: 'end', class: 'page' },
    h(
      'section',
      { class: 'panel' },
      h('h1', null, strings.link[room.link]),
      isReplaced && h('p', null, strings.link.replacedHint),
      h(
        'div',
        { class: 'choices' },
        isReplaced &&
          h('button', { type: 'button', class: 'is-primary', 'data-action': 'use-here' }, strings.link.useHere),
        room.link === 'malformed' &&
          h('button', { type: 'button', class: 'is-primary', 'data-action': 'reload' }, strings.link.reload),
        h('a', { class: 'button', href: '#/' }, strings.toHome),
      ),
    ),
  );
}
