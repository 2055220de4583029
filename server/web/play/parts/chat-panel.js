/** The chat: messages, and a field to write one; the host may delete messages and mute players. */

import { strings } from '../../i18n/strings.js';
import { isSeated, playerOf } from '../../games/table/people.js';
import { lobby } from '../strings/lobby.js';
import { h } from '../../kit/dom.js';

/**
 * @typedef {import('../room.js').Room} Room
 * @typedef {import('../../games/table/view.js').View} View
 * @typedef {import('../chat.js').Message} Message
 */

const t = lobby.chat;
const TEXT_LENGTH = 500;

/** Nothing where the room has no chat. @param {Room} room */
export function chatPanel(room) {
  const view = /** @type {View} */ (room.view);
  if (!view.config.chat) return null;
  return h(
    'section',
    { key: 'chat', class: 'panel chat', 'aria-label': t.title },
    h('h2', null, t.title),
    h(
      'ol',
      { class: 'said', role: 'log', tabindex: '0', 'aria-label': t.messages },
      room.chat.messages.map((message) => line(room, view, message)),
    ),
    room.chat.messages.length === 0 && h('p', { key: 'none', class: 'quiet' }, t.nothing),
    isSeated(view) ? sayForm(room, view) : h('p', { key: 'reader', class: 'quiet' }, t.onlyPlayers),
  );
}

/** @param {Room} room @param {View} view @param {Message} message */
function line(room, view, message) {
  const me = view.you.player_id;
  const isMine = message.player_id === me;
  const isHost = view.host_player_id === me;
  const author = playerOf(view, message.player_id)?.display_name ?? message.display_name;
  const isMuted = room.chat.muted.has(message.player_id);
  return h(
    'li',
    { key: message.id, class: isMine ? 'is-mine' : '' },
    h('span', { class: 'name' }, isMine ? strings.you : author),
    h('span', { class: 'text' }, message.text),
    (isMine || isHost) &&
      h(
        'button',
        {
          key: 'delete',
          type: 'button',
          class: 'is-quiet',
          'data-action': 'delete-message',
          'data-message': message.id,
          'aria-label': t.deleteOf(isMine ? strings.you : author, message.text),
        },
        t.delete,
      ),
    isHost &&
      !isMine &&
      h(
        'button',
        {
          key: 'mute',
          type: 'button',
          class: 'is-quiet',
          'data-action': 'mute',
          'data-player': message.player_id,
          'aria-pressed': String(isMuted),
          'aria-label': t.muteOf(author),
        },
        isMuted ? t.muted : t.mute,
      ),
  );
}

/** @param {Room} room @param {View} view */
function sayForm(room, view) {
  const isMuted = view.you.player_id !== null && room.chat.muted.has(view.you.player_id);
  return h(
    'form',
    { key: 'say', class: 'line-of-fields', 'data-action': 'say', autocomplete: 'off' },
    h(
      'label',
      null,
      h('span', { class: 'visually-hidden' }, t.yours),
      h('input', {
        name: 'text',
        maxlength: TEXT_LENGTH,
        autocomplete: 'off',
        placeholder: isMuted ? t.youAreMuted : t.yours,
        disabled: isMuted,
      }),
    ),
    h('button', { disabled: isMuted }, t.say),
  );
}
