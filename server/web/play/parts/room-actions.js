/** What the buttons and forms of a room do, other than those of its game: lobby, chat, result, the way out. */

import { delegate } from '../../kit/dom.js';
import { seedKey } from '../entrance.js';
import { lobby as t } from '../strings/lobby.js';
import { settingsWanted } from './room-settings.js';

/**
 * @typedef {import('../room.js').Room} Room
 * @typedef {object} Tools
 * @property {(text: string, kind?: 'note' | 'problem') => void} toast
 * @property {(selector: string) => void} openDialog
 * @property {(found: import('../../kit/dom.js').Child) => void} showVerification
 */

/**
 * @param {Element} root
 * @param {import('../../net/api.js').Api} api
 * @param {Room} room
 * @param {Tools} tools
 * @param {AbortSignal} signal ends it
 */
export function runActions(root, api, room, { toast, openDialog, showVerification }, signal) {
  const isPlayer = () => room.view !== null && room.view.you.seat !== null;
  const me = () => room.view?.players.find((player) => player.player_id === room.view?.you.player_id);

  function leave() {
    if (isPlayer()) room.act('leave');
    location.hash = '#/';
  }

  /** By starting the game the host is ready. */
  function start() {
    if (me()?.ready === false) room.act('set_ready', { ready: true });
    room.act('start_game');
  }

  async function copyLink() {
    const link = new URL(`#/join/${room.view?.join_code}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      toast(t.lobby.copied);
    } catch {
      toast(t.lobby.copyFailed, 'problem');
    }
  }

  /** @param {FormData} data */
  function ownSeed(data) {
    const seed = String(data.get('seed')).trim();
    if (!seed) return;
    sessionStorage.setItem(seedKey(room.gameId), seed); // it stays, also when this page is loaded again
    room.act('set_client_seed', { client_seed: seed });
    toast(t.lobby.seedSet);
  }

  /** @param {HTMLFormElement} form */
  function say(form) {
    const text = String(new FormData(form).get('text')).trim();
    if (text) room.talk('chat', { text });
    form.reset();
  }

  /** @param {HTMLFormElement} form */
  function changeSettings(form) {
    const args = room.view && settingsWanted(room.view, form);
    if (args) room.act('change_settings', args);
    else toast(t.settings.nothing);
  }

  async function verify() {
    const fairness = await room.client?.fairness?.();
    const show = (/** @type {any} */ found) => showVerification(fairness?.verification(found));
    await fairness?.checkGame(api, room.gameId, show, room.view?.seed_commitment);
  }

  const formOf = (/** @type {HTMLElement} */ element) => /** @type {HTMLFormElement} */ (element);
  delegate(
    root,
    {
      'ask-to-leave': () => (isPlayer() ? openDialog('dialog.leave-dialog') : leave()),
      leave,
      ready: () => room.act('set_ready', { ready: !me()?.ready }),
      start,
      'start-anyway': () => {
        room.act('set_ready_override', { enabled: true });
        room.act('start_game');
      },
      'take-seat': () => room.act('request_seat'),
      'own-seed': (_, form) => ownSeed(new FormData(formOf(form))),
      'add-bot': (_, form) => {
        const level = new FormData(formOf(form)).get('level');
        room.act('add_bot', { count: 1, ...(level && { level }) });
      },
      remove: ({ player }) => room.act('remove_player', { player_id: player }),
      'make-host': ({ player }) => room.act('make_host', { player_id: player }),
      'change-settings': (_, form) => changeSettings(formOf(form)),
      'copy-link': () => void copyLink(),
      say: (_, form) => say(formOf(form)),
      'delete-message': ({ message }) => room.talk('delete_message', { message_id: Number(message) }),
      mute: ({ player }) => {
        if (player) room.talk('mute', { player_id: player, muted: !room.chat.muted.has(player) });
      },
      rematch: () => room.act('rematch'),
      verify: () => void verify(),
    },
    signal,
  );
}
