/** What the start page shows. */

import { strings } from '../strings.js';
import { suitSymbol } from './card-face.js';
import { SUITS } from '../play/cards.js';
import { h } from './dom.js';
import { check, select } from './fields.js';

/** @typedef {import('../pages/home-page.js').Home} Home */

const s = strings.home;
const CODE_LENGTH = 6;
const NAME_LENGTH = 24;

/** @param {Home} home */
export function homeScreen(home) {
  return h(
    'main',
    { class: 'home' },
    h(
      'header',
      { class: 'welcome' },
      h('p', { class: 'logo' }, strings.title),
      h('h1', null, strings.game),
      h(
        'p',
        { class: 'suits', 'aria-hidden': 'true' },
        SUITS.map((suit) => suitSymbol(suit)),
      ),
      h('p', { class: 'tagline' }, s.tagline),
      h(
        'button',
        { type: 'button', class: 'is-primary is-big', 'data-action': 'play-bots', disabled: home.busy },
        s.playBots,
        h('small', null, s.playBotsHint),
      ),
      h(
        'button',
        { type: 'button', class: 'is-big', 'data-action': 'find-players', disabled: home.busy },
        s.findPlayers,
        h('small', null, s.findPlayersHint),
      ),
    ),
    h('div', { class: 'columns' }, h('div', { class: 'column' }, joinForm(home), nameForm(home)), createForm(home)),
    publicRooms(home),
    h(
      'details',
      { class: 'panel rules' },
      h('summary', null, s.howTo),
      h(
        'ul',
        null,
        s.rules.map((rule) => h('li', null, rule)),
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
          maxlength: CODE_LENGTH,
          minlength: CODE_LENGTH,
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
function createForm({ busy }) {
  return h(
    'form',
    { key: 'create', class: 'panel', 'data-action': 'create' },
    h('h2', null, s.createRoom),
    h(
      'div',
      { class: 'fields' },
      select('rounds', s.rounds, [1, 2, 3, 5, 7, 10], 10),
      select('max_players', s.maxPlayers, [2, 3, 4, 5, 6, 7, 8, 9, 10], 4),
      select('bots', s.bots, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0),
      select('turn_seconds', s.turnSeconds, [15, 30, 60, 120, 0], 60, s.seconds),
    ),
    h(
      'div',
      { class: 'line-of-fields' },
      check('is_public', s.isPublic, true),
      h('button', { disabled: busy }, s.create),
    ),
  );
}

/** @param {Home} home */
function nameForm({ name }) {
  return h(
    'form',
    { key: 'name', class: 'panel', 'data-action': 'save-name' },
    h('h2', null, s.yourName),
    h(
      'div',
      { class: 'line-of-fields' },
      h(
        'label',
        null,
        h('span', { class: 'visually-hidden' }, s.yourName),
        h('input', { name: 'name', value: name, required: true, maxlength: NAME_LENGTH, autocomplete: 'nickname' }),
      ),
      h('button', null, s.saveName),
    ),
  );
}

/** @param {Home} home */
function publicRooms({ rooms, busy }) {
  return h(
    'section',
    { class: 'panel public-rooms', 'aria-live': 'off' },
    h('h2', null, s.publicRooms),
    rooms === null && h('p', { class: 'quiet' }, s.roomsUnknown),
    rooms?.length === 0 && h('p', { class: 'quiet' }, s.noRooms),
    rooms &&
      rooms.length > 0 &&
      h(
        'ul',
        { class: 'rooms' },
        rooms.map((room) => roomRow(room, busy)),
      ),
  );
}

/** @param {Record<string, any>} room @param {boolean} busy */
function roomRow(room, busy) {
  const isOpen = room.status === 'lobby' || room.status === 'created';
  const canJoin = isOpen && room.players < room.max_players;
  return h(
    'li',
    { key: room.game_id },
    h('span', { class: 'name' }, s.roomOf(room.join_code), h('small', null, isOpen ? s.open : s.running)),
    h('span', { class: 'quiet' }, s.players(room.players, room.max_players)),
    canJoin &&
      h(
        'button',
        { key: 'join', type: 'button', 'data-action': 'join-room', 'data-game': room.game_id, disabled: busy },
        s.join,
      ),
    h(
      'button',
      {
        key: 'watch',
        type: 'button',
        class: 'is-quiet',
        'data-action': 'watch-room',
        'data-game': room.game_id,
        disabled: busy,
      },
      s.watch,
    ),
  );
}
