/** What every game has beside its table: the chat, and the way out. */

import { h } from '../../kit/dom.js';
import { room as t } from '../strings/room.js';
import { chatPanel } from './chat-panel.js';

/** @param {import('../room.js').Room} room @returns {import('../../games/contract.js').Beside} */
export function besideTheTable(room) {
  return {
    chat: chatPanel(room),
    leave: h('button', { key: 'leave', type: 'button', class: 'is-quiet leave', 'data-action': 'ask-to-leave' }, t.leave),
  };
}

export function leaveDialog() {
  return h(
    'dialog',
    { key: 'leave', class: 'sheet leave-dialog', 'aria-labelledby': 'leave-title' },
    h('h2', { id: 'leave-title' }, t.leaveQuestion),
    h('p', { class: 'quiet' }, t.leaveHint),
    h(
      'div',
      { class: 'choices' },
      h('button', { type: 'button', class: 'is-primary', 'data-action': 'close-dialog' }, t.stay),
      h('button', { type: 'button', 'data-action': 'leave' }, t.leave),
    ),
  );
}
