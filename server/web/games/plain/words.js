/** Events, moves and states of any game, as far as their names are words. */

import { h } from '../../kit/dom.js';
import { nameOfPlayer } from '../table/people.js';
import { t } from './strings.js';

/**
 * @typedef {import('../table/fold.js').View} View
 * @typedef {import('../../kit/dom.js').Child} Child
 */

/** Deeper than this a state is written as it is. */
const DEEPEST = 6;

/** `round_ended` as "Round ended". @param {string} name */
export function words(name) {
  const text = name.replaceAll('_', ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** An event or a move in a line: its name, and its fields with theirs. @param {View} view @param {string} name @param {Record<string, unknown>} fields */
export function line(view, name, fields) {
  const told = Object.entries(fields)
    .filter(([, value]) => value !== null && value !== false)
    .map(([key, value]) => (isPlayer(view, value) ? short(view, value) : `${key.replaceAll('_', ' ')} ${short(view, value)}`));
  return told.length > 0 ? `${words(name)}: ${told.join(', ')}` : words(name);
}

/** @param {View} view @param {unknown} value @returns {value is string} */
function isPlayer(view, value) {
  return typeof value === 'string' && view.players.some((player) => player.player_id === value);
}

/** A value on one line. @param {View} view @param {unknown} value @returns {string} */
function short(view, value) {
  if (value === null || value === undefined) return t.nothing;
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  if (isPlayer(view, value)) return nameOfPlayer(view, value);
  if (Array.isArray(value)) return value.map((item) => short(view, item)).join(', ') || t.nothing;
  if (typeof value === 'object') {
    return Object.entries(value).map(([key, item]) => `${isPlayer(view, key) ? nameOfPlayer(view, key) : key} ${short(view, item)}`).join(', ');
  }
  return String(value);
}

/** A state as lists in lists. @param {View} view @param {unknown} value @param {number} [depth] @returns {Child} */
export function tree(view, value, depth = 0) {
  if (typeof value !== 'object' || value === null) return short(view, value);
  const items = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return t.nothing;
  if (depth >= DEEPEST) return h('code', null, JSON.stringify(value));
  // Probably the rows of a board: one below the other.
  if (items && value.every((item) => typeof item === 'string' && !isPlayer(view, item)))
    return h('pre', null, value.join('\n'));
  if (items) return h('ol', null, value.map((item, i) => h('li', { key: String(i) }, tree(view, item, depth + 1))));
  return h(
    'dl',
    { class: 'tree' },
    entries.map(([key, item]) => [
      h('dt', { key: `${key}.` }, isPlayer(view, key) ? nameOfPlayer(view, key) : words(key)),
      h('dd', { key }, tree(view, item, depth + 1)),
    ]),
  );
}

/** What every game's view has: shown elsewhere on the page. */
const COMMON = new Set([
  'game_id', 'game', 'rules_version', 'phase', 'host_player_id', 'players', 'you', 'turn', 'config', 'join_code',
  'is_public', 'paused', 'ready_override', 'seed_commitment', 'session_seed', 'final_scores', 'winners', 'status',
]);

/** The part of a view that only this game has. @param {View} view @returns {Record<string, unknown>} */
export function ownState(view) {
  return Object.fromEntries(Object.entries(view).filter(([key]) => !COMMON.has(key)));
}
