/** The settings of a room before its game: everybody sees them, the host changes them. */

import { home } from '../../play/strings/home.js';
import { strings } from '../table/strings.js';
import { h } from '../../kit/dom.js';
import { check, select } from '../../kit/fields.js';

/** @typedef {import('../table/fold.js').View} View */

const ROUNDS = [1, 2, 3, 5, 7, 10];
const TURN_SECONDS = [15, 30, 60, 120, 0];
const SEATS = [2, 3, 4, 5, 6, 7, 8, 9, 10];

/** @param {View} view @param {boolean} isHost */
export function roomSettings(view, isHost) {
  const s = strings.settings;
  return h(
    'section',
    { key: 'settings', class: 'room-settings', 'aria-labelledby': 'settings-title' },
    h('h2', { id: 'settings-title' }, s.title),
    isHost ? form(view) : list(view),
  );
}

/** @param {View} view */
function list({ config, is_public }) {
  const s = strings.settings;
  const facts = [
    [home.rounds, config.rounds],
    [home.maxPlayers, config.max_players],
    [home.turnSeconds, home.seconds(config.turn_seconds)],
    [home.isPublic, is_public ? s.yes : s.no],
    'chat' in config && [s.chat, config.chat ? s.yes : s.no],
  ];
  return h(
    'dl',
    { key: 'list', class: 'fields' },
    facts.map((fact) => fact && h('div', { key: fact[0] }, h('dt', null, fact[0]), h('dd', null, fact[1]))),
  );
}

/** @param {View} view */
function form({ config, is_public, players }) {
  const s = strings.settings;
  const taken = Math.max(...players.map((player) => player.seat)) + 1;
  const seats = SEATS.filter((seat) => seat >= taken);
  return h(
    'form',
    { key: 'form', class: 'settings-form', 'data-action': 'change-settings' },
    h(
      'div',
      { class: 'fields' },
      select('rounds', home.rounds, including(ROUNDS, config.rounds), config.rounds),
      select('max_players', home.maxPlayers, including(seats, config.max_players), config.max_players),
      select(
        'turn_seconds',
        home.turnSeconds,
        including(TURN_SECONDS, config.turn_seconds),
        config.turn_seconds,
        home.seconds,
      ),
    ),
    check('is_public', home.isPublic, Boolean(is_public)),
    'chat' in config && check('chat', s.chat, config.chat),
    h('p', { class: 'quiet', id: 'settings-hint' }, s.hint),
    h('button', { 'aria-describedby': 'settings-hint' }, s.apply),
  );
}

/**
 * What the form asks for that is not so already, as the arguments of `change_settings`; null: nothing.
 * @param {View} view
 * @param {FormData} data
 * @returns {Record<string, any> | null}
 */
export function settingsWanted(view, data) {
  /** @type {Record<string, any>} */
  const wanted = {};
  for (const name of ['rounds', 'max_players', 'turn_seconds']) wanted[name] = Number(data.get(name));
  if ('chat' in view.config) wanted.chat = data.get('chat') !== null;
  const changes = Object.entries(wanted).filter(([name, value]) => view.config[name] !== value);
  const isPublic = data.get('is_public') !== null;
  const args = {
    ...(changes.length > 0 && { config: Object.fromEntries(changes) }),
    ...(isPublic !== Boolean(view.is_public) && { is_public: isPublic }),
  };
  return Object.keys(args).length > 0 ? args : null;
}

/** @param {number[]} values @param {number} value one that another client may have chosen */
function including(values, value) {
  return values.includes(value) ? values : [...values, value];
}
