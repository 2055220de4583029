/** One room: who is there, what is seen of it, and what can be done. */

import { h } from '../../kit/dom.js';
import { panel } from '../../kit/panel.js';
import { row, scrolling, table } from '../../kit/table.js';
import { t } from '../strings.js';

/** @typedef {import('./screen.js').Json} Json */

/** @param {import('./screen.js').Desk} desk */
export function roomPanel(desk) {
  const room = /** @type {Json} */ (desk.room);
  const isOver = room.stage === 'completed' || room.stage === 'aborted';
  const isHeld = room.paused === 'operator';
  return panel(
    { key: 'room', class: 'room-panel' },
    t.roomOf(room.join_code, room.game),
    h(
      'p',
      { class: 'quiet' },
      t.roomFacts(room.game_id, room.head, room.durable_head, room.epoch, room.spectators, room.spectator_delay_s),
    ),
    h(
      'div',
      { class: 'choices' },
      isHeld
        ? h(
            'button',
            { key: 'resume', type: 'button', class: 'is-primary', 'data-action': 'ask', 'data-what': 'resume' },
            t.names.resume,
          )
        : h(
            'button',
            { key: 'pause', type: 'button', 'data-action': 'ask', 'data-what': 'pause', disabled: isOver },
            t.names.pause,
          ),
      h('button', { key: 'message', type: 'button', 'data-action': 'ask', 'data-what': 'message' }, t.names.message),
      h(
        'button',
        {
          key: 'close',
          type: 'button',
          class: 'is-danger',
          'data-action': 'ask',
          'data-what': 'close',
          disabled: isOver,
        },
        t.names.close,
      ),
      h(
        'button',
        { key: 'reveal', type: 'button', 'data-action': 'reveal', disabled: room.stage !== 'playing' },
        t.reveal,
      ),
      h('button', { key: 'shut', type: 'button', class: 'is-quiet', 'data-action': 'look-away' }, t.shut),
    ),
    members(room, isOver, desk.handInWords),
    h(
      'details',
      { key: 'view' },
      h('summary', null, t.view(room.index ?? -1)),
      h('pre', { tabindex: '0' }, JSON.stringify(room.view, null, 1)),
    ),
  );
}

/** @param {Json} room @param {boolean} isOver @param {(view: any) => string} handInWords */
function members(room, isOver, handInWords) {
  const hands = room.revealed;
  const rows = room.players.map((/** @type {Json} */ player) =>
    row(player.player_id, [
      player.seat ?? '–',
      [player.display_name, player.is_bot && h('small', null, ` ${t.bot}`)],
      player.is_bot ? '' : player.connected ? t.connected : t.away,
      h('td', { class: 'revealed' }, hands && (handInWords(hands[player.player_id]) || '–')),
      kickButton(player, isOver || player.status === 'left' || (player.is_bot && room.stage !== 'lobby')),
    ]),
  );
  const head = [t.seat, t.name, t.state, hands ? t.hand : '', ''];
  return scrolling('room-title', table({ class: 'numbers-table members-table', caption: t.players, head, rows }));
}

/** @param {Json} player @param {boolean} disabled */
function kickButton(player, disabled) {
  return h(
    'button',
    {
      type: 'button',
      'data-action': 'ask',
      'data-what': 'kick',
      'data-player': player.player_id,
      'data-name': player.display_name,
      disabled,
      'aria-label': t.kickOf(player.display_name),
    },
    t.names.kick,
  );
}
