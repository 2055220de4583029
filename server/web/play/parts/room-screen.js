/** Everything that is on the screen of a room, put together. */

import { OWN_GAME } from '../../games/own-game.js';
import { strings } from '../../games/table/strings.js';
import { topBar } from '../../kit/bar.js';
import { bidPanel } from '../../games/eldorado/bids.js';
import { h } from '../../kit/dom.js';
import { facts, lineState, pausedNote, progress, watchers } from '../../games/eldorado/facts.js';
import { hand } from '../../games/eldorado/hand.js';
import { iconButton } from '../../kit/icons.js';
import { idle } from '../../kit/idle.js';
import { isSeated } from '../../games/table/people.js';
import { opponentSeats, ownSeat } from '../../games/eldorado/seats.js';
import { styles } from '../../kit/styles.js';
import { trickArea } from '../../games/eldorado/trick.js';

/**
 * @typedef {import('../room.js').Room} Room
 * @typedef {import('../../games/table/fold.js').View} View
 * @typedef {import('../pages/room.js').Screen} Screen
 */

/** Ends of a connection that it doesn't come back from by itself. */
const ENDS = new Set(['replaced', 'forbidden', 'not_found', 'malformed', 'unauthorized']);

/**
 * What the first move can do without, and what a room comes to before and after its game or in other games.
 * @type {{lobby?: typeof import('./lobby.js'), beside?: typeof import('../../games/eldorado/beside.js'),
 *   result?: typeof import('./result.js'), plain?: typeof import('../../games/plain/table.js')}}
 */
const parts = {};
const asked = new Set();
const LOADERS = {
  lobby: () => Promise.all([import('./lobby.js'), styles('beside')]),
  beside: () => Promise.all([import('../../games/eldorado/beside.js'), styles('beside')]),
  result: () => Promise.all([import('./result.js'), styles('beside')]),
  plain: () => Promise.all([import('../../games/plain/table.js'), styles('beside', 'plain')]),
};

/** @param {View} view @returns {keyof typeof LOADERS} */
function partOf({ phase, game }) {
  if (phase === 'lobby') return 'lobby';
  if (phase === 'completed' || phase === 'aborted') return 'result';
  return game === OWN_GAME ? 'beside' : 'plain';
}

/**
 * Load what this phase shows, unless it is here.
 * @param {View | null} view
 * @returns {Promise<boolean>} whether there is something new to draw
 */
export async function loadPart(view) {
  const part = view && partOf(view);
  if (!part || asked.has(part)) return false;
  asked.add(part);
  if (part === 'beside') await idle();
  const [loaded] = await LOADERS[part]();
  Object.assign(parts, { [part]: loaded });
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
    return h('main', { key: 'lobby', class: 'page' }, parts.lobby?.lobby(room, screen.fillAt, screen.levels));
  }
  if (view.phase === 'completed' || view.phase === 'aborted') {
    return h('main', { key: 'result', class: 'page' }, parts.result?.result(room, screen.verification));
  }
  if (view.game !== OWN_GAME) return parts.plain?.plainTable(room, screen.log);
  const { beside } = parts;
  return [
    table(room, view, screen),
    h('aside', { key: 'aside', class: 'aside' }, beside?.besideTheTable(room, view, screen.log)),
    beside?.scoreSheet(room, view, screen.log),
    beside?.leaveDialog(),
  ];
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
  if (isOver && !screen.showsLastTrick) return parts.beside?.roundEnd(view);
  return bidPanel(room) ?? trickArea(room, screen.showsLastTrick);
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
