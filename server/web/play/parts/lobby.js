/** The room before the game: who is here, who is ready, how to get others in. */

import { home } from '../strings/home.js';
import { strings } from '../../i18n/strings.js';
import { table } from '../../games/table/strings.js';
import { lobby as t } from '../strings/lobby.js';
import { chatPanel } from './chat-panel.js';
import { h } from '../../kit/dom.js';
import { levelName } from './levels.js';
import { faceOf, isSeated } from '../../games/table/people.js';
import { roomSettings } from './room-settings.js';

/**
 * @typedef {import('../room.js').Room} Room
 * @typedef {import('../../kit/dom.js').Child} Child
 * @typedef {import('../../games/table/fold.js').View} View
 */

/**
 * @param {Room} room
 * @param {import('./room-page.js').Screen} screen
 * @param {import('../../games/contract.js').Settings} [settings] what the host may choose
 * @returns {Child[]}
 */
export function lobby(room, screen, settings) {
  return [panel(room, screen, settings), chatPanel(room)];
}

/** @param {Room} room @param {import('./room-page.js').Screen} screen @param {import('../../games/contract.js').Settings} [settings] */
function panel(room, { fillAt, levels }, settings) {
  const view = /** @type {View} */ (room.view);
  const me = view.players.find((p) => p.player_id === view.you.player_id);
  const isHost = view.host_player_id === view.you.player_id;
  const free = view.config.max_players - view.players.length;
  const s = t.lobby;
  return h(
    'section',
    { key: 'lobby', class: 'lobby panel' },
    h('h1', null, s.title),
    view.join_code && joinCode(view.join_code),
    h(
      'ul',
      { class: 'members' },
      view.players.map((player) => member(view, player, isHost)),
      Array.from({ length: Math.min(free, 4) }, (_, i) =>
        h('li', { key: `free-${i}`, class: 'member is-free' }, s.emptySeat),
      ),
    ),
    h(
      'div',
      { class: 'choices' },
      me &&
        fillAt === null &&
        h(
          'button',
          {
            key: 'ready',
            type: 'button',
            class: me.ready ? '' : 'is-primary',
            'data-action': 'ready',
            'aria-pressed': String(me.ready),
          },
          me.ready ? s.notReady : s.ready,
        ),
      !isSeated(view) &&
        free > 0 &&
        h('button', { key: 'seat', type: 'button', class: 'is-primary', 'data-action': 'take-seat' }, s.takeSeat),
      isHost && free > 0 && addBot(levels),
      isHost && fillAt === null && startButton(view),
      h('button', { key: 'leave', type: 'button', class: 'is-quiet', 'data-action': 'leave' }, fillAt ? s.giveUp : s.leave),
    ),
    h('p', { class: 'quiet' }, fillAt === null ? hint(view, isHost) : s.botsIn(secondsUntil(fillAt, room))),
    settings && roomSettings(view, settings, isHost),
    me && ownSeed(),
  );
}

/** What this player adds to the shuffle: drawn at random unless they choose it. */
function ownSeed() {
  const s = t.lobby;
  return h(
    'details',
    { key: 'seed' },
    h('summary', null, s.seed),
    h('p', { class: 'quiet', id: 'seed-hint' }, s.seedHint),
    h(
      'form',
      { class: 'line-of-fields', 'data-action': 'own-seed' },
      h('label', null, h('span', null, s.seedText), h('input', { name: 'seed', maxlength: 64, autocomplete: 'off', 'aria-describedby': 'seed-hint' })),
      h('button', null, s.seedUse),
    ),
  );
}

/** @param {string[]} levels */
function addBot(levels) {
  return h(
    'form',
    { key: 'bot', class: 'add-bot', 'data-action': 'add-bot' },
    h('button', null, t.lobby.addBot),
    levels.length > 0 &&
      h(
        'select',
        { name: 'level', 'aria-label': home.level },
        levels.map((level) => h('option', { key: level, value: level, selected: level === 'steady' }, levelName(level))),
      ),
  );
}

/** @param {string} code */
function joinCode(code) {
  const s = t.lobby;
  return h(
    'div',
    { class: 'join-code' },
    h('span', { class: 'quiet' }, s.code),
    h('output', null, code),
    h('button', { type: 'button', 'data-action': 'copy-link' }, s.copyLink),
  );
}

/** @param {View} view @param {import('../../games/table/view.js').Player} player @param {boolean} isHost */
function member(view, player, isHost) {
  const isMe = player.player_id === view.you.player_id;
  const s = t.lobby;
  return h(
    'li',
    { key: player.player_id, class: `member ${player.ready ? 'is-ready' : ''}` },
    faceOf(view, player),
    h(
      'span',
      { class: 'name' },
      player.display_name,
      isMe && h('small', null, strings.you),
      player.is_bot && h('small', null, strings.bot),
      player.player_id === view.host_player_id && h('small', null, strings.host),
      player.status !== 'active' && h('small', null, table.status[player.status]),
    ),
    h('span', { class: 'readiness' }, player.ready ? `✓ ${s.isReady}` : s.isNotReady),
    isHost &&
      !isMe &&
      !player.is_bot &&
      h(
        'button',
        {
          key: 'host',
          type: 'button',
          class: 'is-quiet',
          'data-action': 'make-host',
          'data-player': player.player_id,
          'aria-label': s.makeHostOf(player.display_name),
        },
        s.makeHost,
      ),
    isHost &&
      !isMe &&
      h(
        'button',
        {
          key: 'remove',
          type: 'button',
          class: 'is-quiet remove',
          'data-action': 'remove',
          'data-player': player.player_id,
          'aria-label': s.remove(player.display_name),
        },
        '×',
      ),
  );
}

/** @param {View} view */
function startButton(view) {
  const enough = view.players.length >= view.config.min_players;
  const others = waitsForOthers(view);
  const action = others ? 'start-anyway' : 'start';
  const me = view.players.find((p) => p.player_id === view.you.player_id);
  return h(
    'button',
    {
      key: 'start',
      type: 'button',
      class: others || !me?.ready ? '' : 'is-primary',
      'data-action': action,
      disabled: !enough,
    },
    others ? t.lobby.startAnyway : t.lobby.start,
  );
}

/** Whether somebody else than the host is not ready. @param {View} view */
function waitsForOthers(view) {
  return view.players.some((p) => !p.ready && !p.is_bot && p.player_id !== view.you.player_id);
}

/** @param {number} at @param {Room} room */
function secondsUntil(at, room) {
  return Math.max(0, Math.ceil((at - room.clockOffset - Date.now()) / 1000));
}

/** @param {View} view @param {boolean} isHost */
function hint(view, isHost) {
  const s = t.lobby;
  if (view.players.length < view.config.min_players) return s.needPlayers(view.config.min_players);
  if (view.ready_override) return s.override;
  if (!isHost) return s.waitHost;
  return waitsForOthers(view) ? s.waitReady : '';
}
