/** The settings of a room before its game: everybody sees them, the host changes them. */

import { table } from '../../games/table/strings.js';
import { h } from '../../kit/dom.js';
import { check, select } from '../../kit/fields.js';
import { lobby } from '../strings/lobby.js';

/**
 * @typedef {import('../../games/table/view.js').View} View
 * @typedef {import('../../games/contract.js').Settings} Settings
 */

const TURN_SECONDS = [15, 30, 60, 120, 0];

/** @param {View} view @param {Settings} settings @param {boolean} isHost */
export function roomSettings(view, settings, isHost) {
  return h(
    'section',
    { key: 'settings', class: 'room-settings', 'aria-labelledby': 'settings-title' },
    h('h2', { id: 'settings-title' }, lobby.settings.title),
    isHost ? form(view, settings) : list(view, settings),
  );
}

/** @param {View} view @param {Settings} settings */
function list({ config, is_public }, { choices }) {
  const s = lobby.settings;
  const facts = [
    ...choices.map(({ name, label }) => [label, config[name]]),
    [table.maxPlayers, config.max_players],
    [table.turnSeconds, table.seconds(config.turn_seconds)],
    [table.isPublic, is_public ? s.yes : s.no],
    'chat' in config && [s.chat, config.chat ? s.yes : s.no],
  ];
  return h(
    'dl',
    { key: 'list', class: 'fields' },
    facts.map((fact) => fact && h('div', { key: fact[0] }, h('dt', null, fact[0]), h('dd', null, fact[1]))),
  );
}

/** @param {View} view @param {Settings} settings */
function form({ config, is_public, players }, { choices, seats }) {
  const s = lobby.settings;
  const taken = Math.max(...players.map((player) => player.seat)) + 1;
  const free = seats.filter((seat) => seat >= taken);
  return h(
    'form',
    { key: 'form', class: 'settings-form', 'data-action': 'change-settings' },
    h(
      'div',
      { class: 'fields' },
      choices.map(({ name, label, values }) => select(name, label, including(values, config[name]), config[name])),
      select('max_players', table.maxPlayers, including(free, config.max_players), config.max_players),
      select(
        'turn_seconds',
        table.turnSeconds,
        including(TURN_SECONDS, config.turn_seconds),
        config.turn_seconds,
        table.seconds,
      ),
    ),
    check('is_public', table.isPublic, Boolean(is_public)),
    'chat' in config && check('chat', s.chat, config.chat),
    h('p', { class: 'quiet', id: 'settings-hint' }, s.hint),
    h('button', { 'aria-describedby': 'settings-hint' }, s.apply),
  );
}

/**
 * What the form asks for that is not so already, as the arguments of `change_settings`; null: nothing.
 * @param {View} view
 * @param {HTMLFormElement} form
 * @returns {Record<string, any> | null}
 */
export function settingsWanted(view, form) {
  const data = new FormData(form);
  const numbers = Array.from(form.querySelectorAll('select'), ({ name, value }) => [name, Number(value)]);
  const wanted = [...numbers, ...('chat' in view.config ? [['chat', data.get('chat') !== null]] : [])];
  const changes = wanted.filter(([name, value]) => view.config[String(name)] !== value);
  const isPublic = data.get('is_public') !== null;
  const args = {
    ...(changes.length > 0 && { config: Object.fromEntries(changes) }),
    ...(isPublic !== Boolean(view.is_public) && { is_public: isPublic }),
  };
  return Object.keys(args).length > 0 ? args : null;
}

/** @param {readonly number[]} values @param {number} value one that another client may have chosen */
function including(values, value) {
  return values.includes(value) ? [...values] : [...values, value];
}
