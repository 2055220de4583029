/** What the start page shows. */

import { home as s } from '../strings/home.js';
import { avatar } from '../../kit/avatar.js';
import { topBar } from '../../kit/bar.js';
import { h } from '../../kit/dom.js';
import { check, select } from '../../kit/fields.js';
import { FEATURED, titleOf } from '../../games/clients.js';
import { table } from '../../games/table/strings.js';
import { USUAL_LEVEL, levelName } from './levels.js';
import { leaders, publicRooms, recentGames } from './home-lists.js';

/** @typedef {import('../pages/home.js').Home} Home */

/** A code, or a pasted link that ends in one. */
const CODE_LENGTHS = { minlength: 6, maxlength: 200 };
const NAME_LENGTH = 24;

/** @param {Home} home */
export function homeScreen(home) {
  return [
    topBar(h('span', { class: 'fill' })),
    h(
      'main',
      { key: 'home', class: 'home' },
      welcome(home),
      h(
        'div',
        { class: 'columns' },
        publicRooms(home),
        h('div', { class: 'column' }, profileForm(home), joinForm(home)),
      ),
      createForm(home),
      h('div', { class: 'columns' }, recentGames(home), leaders(home)),
      h(
        'details',
        { class: 'panel rules' },
        h('summary', null, s.howTo),
        h(
          'ul',
          null,
          home.welcome.rules.map((rule) => h('li', null, rule)),
        ),
      ),
    ),
  ];
}

/** @param {Home} home */
function welcome(home) {
  return h(
    'section',
    { class: 'welcome' },
    h(
      'p',
      { class: 'suits', 'aria-hidden': 'true' },
      home.welcome.emblem,
    ),
    h('h1', null, titleOf(FEATURED)),
    h('p', { class: 'tagline' }, home.welcome.tagline),
    h(
      'div',
      { class: 'begin' },
      h(
        'form',
        { key: 'bots', 'data-action': 'play-bots' },
        h('button', { class: 'is-primary is-big', disabled: home.busy }, s.playBots, h('small', null, s.playBotsHint)),
        levels(home),
      ),
      h(
        'button',
        { key: 'find', type: 'button', class: 'is-big', 'data-action': 'find-players', disabled: home.busy },
        s.findPlayers,
        h('small', null, s.findPlayersHint),
      ),
    ),
  );
}

/** How well the bots play; the place is kept until the levels are known. @param {Home} home */
function levels({ levels: known, level }) {
  const chosen = known.includes(level) ? level : known[0];
  return h(
    'fieldset',
    { class: 'levels' },
    h('legend', { class: 'visually-hidden' }, s.level),
    known.map((name) =>
      h(
        'label',
        { key: name },
        h('input', { type: 'radio', name: 'level', value: name, checked: name === chosen }),
        h('span', null, levelName(name)),
      ),
    ),
  );
}

/** @param {Home} home */
function joinForm({ busy }) {
  return h(
    'form',
    { key: 'join', class: 'panel', 'data-action': 'join-code' },
    h('h2', null, s.joinCode),
    h(
      'div',
      { class: 'line-of-fields' },
      h(
        'label',
        null,
        h('span', null, s.code),
        h('input', {
          name: 'code',
          class: 'code',
          required: true,
          ...CODE_LENGTHS,
          autocomplete: 'off',
          autocapitalize: 'characters',
          spellcheck: 'false',
        }),
      ),
      h('button', { disabled: busy }, s.join),
    ),
  );
}

/** @param {Home} home */
function createForm({ busy, levels: known, welcome: { settings } }) {
  return h(
    'form',
    { key: 'create', class: 'panel create', 'data-action': 'create' },
    h('h2', null, s.createRoom),
    h(
      'div',
      { class: 'fields is-row' },
      settings.choices.map(({ name, label, values, usual }) => select(name, label, [...values], usual)),
      select('max_players', table.maxPlayers, [...settings.seats], 4),
      select('bots', s.bots, Array.from({ length: Math.max(...settings.seats) }, (_, i) => i), 0),
      select('bot_level', s.level, known.length > 0 ? known : [USUAL_LEVEL], USUAL_LEVEL, levelName),
      select('turn_seconds', table.turnSeconds, [15, 30, 60, 120, 0], 60, table.seconds),
    ),
    h(
      'div',
      { class: 'line-of-fields' },
      check('is_public', table.isPublic, true),
      h('button', { disabled: busy }, s.create),
    ),
  );
}

/** @param {Home} home */
function profileForm({ profile, playerId }) {
  return h(
    'form',
    { key: 'name', class: 'panel you', 'data-action': 'save-name' },
    h('h2', null, s.yourName, h('a', { href: playerId ? `#/players/${playerId}` : null }, s.yourPage)),
    h(
      'div',
      { class: 'line-of-fields' },
      h(
        'button',
        {
          key: 'face',
          type: 'button',
          class: 'is-quiet is-face',
          'data-action': 'change-face',
          'aria-label': s.changeFace,
          title: s.changeFace,
        },
        avatar(profile),
      ),
      h(
        'label',
        null,
        h('span', { class: 'visually-hidden' }, s.yourName),
        h('input', {
          name: 'name',
          value: profile.display_name,
          required: true,
          maxlength: NAME_LENGTH,
          autocomplete: 'nickname',
        }),
      ),
      h('button', { key: 'save' }, s.saveName),
    ),
  );
}
