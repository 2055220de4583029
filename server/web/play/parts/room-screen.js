/** Everything that is on the screen of a room, put together. */

import { titleOf } from '../../games/clients.js';
import { table as said } from '../../games/table/strings.js';
import { strings } from '../../i18n/strings.js';
import { topBar } from '../../kit/bar.js';
import { h } from '../../kit/dom.js';
import { iconButton } from '../../kit/icons.js';
import { idle } from '../../kit/idle.js';
import { styles } from '../../kit/styles.js';
import { room as t } from '../strings/room.js';
import { lineState, pausedNote, watchers } from './line.js';

/**
 * @typedef {import('../room.js').Room} Room
 * @typedef {import('../../games/contract.js').View} View
 * @typedef {import('../../games/contract.js').GameClient} GameClient
 * @typedef {import('./room-page.js').Screen} Screen
 */

/** Ends of a connection that it doesn't come back from by itself. */
const ENDS = new Set(['replaced', 'forbidden', 'not_found', 'malformed', 'unauthorized']);

/**
 * What the first move can do without, and what a room comes to before and after its game.
 * @typedef {{lobby?: typeof import('./lobby.js'), settings?: import('../../games/contract.js').Settings,
 *   beside?: typeof import('./beside.js'), result?: typeof import('./result.js'), details?: (view: View) => any}} Parts
 */
/** By game. @type {Record<string, Parts>} */
const loaded = {};
const asked = new Set();
const LOADERS = {
  lobby: async (/** @type {GameClient} */ client) => {
    const [lobby, settings] = await Promise.all([import('./lobby.js'), client.settings?.(), besideStyles(), actions()]);
    return { lobby, settings };
  },
  beside: async (/** @type {GameClient} */ client) => {
    await idle();
    const [beside] = await Promise.all([import('./beside.js'), client.prepare?.(), besideStyles()]);
    return { beside };
  },
  result: async (/** @type {GameClient} */ client) => {
    const [result, more] = await Promise.all([import('./result.js'), client.result?.(), besideStyles(), actions()]);
    return { result, details: more?.details };
  },
};
const besideStyles = () => styles('/play/styles/beside.css');
const actions = () => import('./room-actions.js');

/** @param {View} view @returns {keyof typeof LOADERS} */
export function partOf({ phase }) {
  if (phase === 'lobby') return 'lobby';
  return phase === 'completed' || phase === 'aborted' ? 'result' : 'beside';
}

/**
 * Load what this phase shows, unless it is here.
 * @param {Room} room
 * @returns {Promise<boolean>} whether there is something new to draw
 */
export async function loadPart({ view, client }) {
  const part = view && client && `${view.game} ${partOf(view)}`;
  if (!part || asked.has(part)) return false;
  asked.add(part);
  loaded[view.game] = { ...loaded[view.game], ...(await LOADERS[partOf(view)](client)) };
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
  const { view, client } = room;
  const hasTable = Boolean(view?.round) && client !== null;
  return topBar(
    h('p', { class: 'progress' }, view && ((hasTable && client.progress(view)) || titleOf(view.game))),
    watchers(room),
    lineState(room),
    hasTable &&
      h(
        'button',
        { key: 'scores', type: 'button', class: 'is-quiet only-narrow', 'data-action': 'show-scores' },
        said.scores,
      ),
    hasTable && client.help && iconButton('help', t.help, 'help'),
  );
}

/** @param {Room} room @param {Screen} screen */
function content(room, screen) {
  const { view, client } = room;
  if (!view || !client) return h('main', { class: 'loading' }, h('p', { class: 'quiet' }, strings.link.connecting));
  const part = partOf(view);
  const parts = loaded[view.game] ?? {};
  if (part === 'lobby') {
    return h('main', { key: 'lobby', class: 'page' }, parts.lobby?.lobby(room, screen, parts.settings));
  }
  if (part === 'result') {
    return h('main', { key: 'result', class: 'page' }, parts.result?.result(room, screen, parts.details));
  }
  const { beside } = parts;
  return [client.table(room, screen, beside?.besideTheTable(room) ?? null), beside?.leaveDialog()];
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
