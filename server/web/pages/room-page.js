/** The page of one room: lobby, table and result. */

import { fillTime } from '../net/ticket.js';
import { strings } from '../strings.js';
import { Room } from '../play/room.js';
import { announce, sentence } from '../ui/announcements.js';
import { runCountdowns } from '../ui/countdown.js';
import { delegate, patch } from '../ui/dom.js';
import { playableCards, whyNot } from '../ui/hand.js';
import { styles } from '../ui/styles.js';
import { toast } from '../ui/toast.js';
import { settingsWanted } from '../ui/room-settings.js';
import { roomScreen } from '../ui/room-screen.js';
import { runKeyboard } from './room-keyboard.js';

const LOG_LINES = 60;

/**
 * @typedef {object} Screen what this page knows beside the room
 * @property {string[]} log newest last
 * @property {boolean} showsLastTrick
 * @property {number} focused place in the hand that Tab leads to
 * @property {number | null} fillAt when bots take the free seats (the server's clock, ms); null: never
 * @property {import('../ui/verification.js').Verification} verification
 */

/**
 * @param {Element} root
 * @param {import('../net/api.js').Api} api
 * @param {string} gameId
 * @param {string} url of the room's socket
 * @returns {Promise<() => void>} leaves the page
 */
export async function openRoomPage(root, api, gameId, url) {
  const end = new AbortController();
  const { signal } = end;
  /** @type {Screen} */
  const screen = { log: [], showsLastTrick: false, focused: 0, fillAt: null, verification: {} };
  await Promise.all([api.signIn(), styles('room', 'panels', 'chat', 'felt', 'facts', 'seats', 'cards')]);

  /** Whether this seat has added its share to the shuffle: a text that the server could not foresee. */
  let hasShared = false;
  function share() {
    const { view } = room;
    if (view?.phase !== 'lobby' || view.you.seat === null) hasShared = false;
    else if (!hasShared) {
      hasShared = true;
      room.act('set_client_seed', { client_seed: randomText() });
    }
  }

  const room = new Room({
    gameId,
    url,
    api,
    listener: {
      onChange: () => {
        share();
        draw();
      },
      onShown: (event, before, after) => {
        const text = sentence(event, before, after);
        if (text) screen.log = [...screen.log, text].slice(-LOG_LINES);
        if (event.name === 'card_played') screen.showsLastTrick = false;
        announce(text);
        if (event.name === 'settings_changed') toast(text);
        if (isMine(after) && !isMine(before)) announce(strings.announce.yourTurn);
      },
      onReject: (reject, command) => {
        // The game may have started meanwhile; nobody has asked for it.
        if (command?.name !== 'set_client_seed') toast(reject.message, 'problem');
      },
      onRematch: goToRoom,
    },
  });

  /** @param {import('../play/fold-table.js').View} view */
  function isMine(view) {
    return view.turn !== null && view.turn.player_id === view.you.player_id;
  }

  /** Those that grow at their end, which stays in sight unless somebody has scrolled back. */
  const lists = () => Array.from(root.querySelectorAll('.moves, .said'));

  function draw() {
    if (signal.aborted) return;
    const keepsPlace = lists().filter((list) => list.scrollTop + list.clientHeight < list.scrollHeight - 1);
    patch(root, roomScreen(room, screen));
    for (const list of lists()) if (!keepsPlace.includes(list)) list.scrollTop = list.scrollHeight;
  }

  async function verifyShuffle() {
    const { checkGame } = await import('./verify-page.js');
    const tell = (/** @type {import('../ui/verification.js').Verification} */ told) => {
      screen.verification = told;
      draw();
    };
    return checkGame(api, gameId, tell, room.view?.seed_commitment);
  }

  function isPlayer() {
    return room.view !== null && room.view.you.seat !== null;
  }

  function leave() {
    if (isPlayer()) room.act('leave');
    location.hash = '#/';
  }

  /** @param {string} selector */
  function openDialog(selector) {
    for (const open of root.querySelectorAll('dialog[open]')) /** @type {HTMLDialogElement} */ (open).close();
    /** @type {HTMLDialogElement | null} */ (root.querySelector(selector))?.showModal();
  }

  async function copyLink() {
    const link = new URL(`#/join/${room.view?.join_code}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      toast(strings.lobby.copied);
    } catch {
      toast(strings.lobby.copyFailed, 'problem');
    }
  }

  delegate(
    root,
    {
      'play-card': ({ card }) => {
        if (card && playableCards(room).has(card)) room.act('play_card', { card });
        else if (card && !room.pendingMove) toast(whyNot(room, card));
      },
      bid: ({ value }) => {
        if (!room.pendingMove) room.act('bid', { value: Number(value) });
      },
      'last-trick': () => {
        screen.showsLastTrick = !screen.showsLastTrick;
        draw();
      },
      'show-scores': () => openDialog('dialog.score-sheet'),
      'ask-to-leave': () => (isPlayer() ? openDialog('dialog.leave-dialog') : leave()),
      'close-dialog': (_, element) => element.closest('dialog')?.close(),
      ready: () => {
        const me = room.view?.players.find((p) => p.player_id === room.view?.you.player_id);
        room.act('set_ready', { ready: !me?.ready });
      },
      'take-seat': () => room.act('request_seat'),
      'add-bot': () => room.act('add_bot', { count: 1 }),
      remove: ({ player }) => room.act('remove_player', { player_id: player }),
      say: (_, form) => say(room, /** @type {HTMLFormElement} */ (form)),
      'delete-message': ({ message }) => room.talk('delete_message', { message_id: Number(message) }),
      mute: ({ player }) => {
        if (player) room.talk('mute', { player_id: player, muted: !room.chat.muted.has(player) });
      },
      'make-host': ({ player }) => room.act('make_host', { player_id: player }),
      'change-settings': (_, form) => changeSettings(room, /** @type {HTMLFormElement} */ (form)),
      start: () => startGame(room),
      'start-anyway': () => {
        room.act('set_ready_override', { enabled: true });
        room.act('start_game');
      },
      leave,
      rematch: () => room.act('rematch'),
      verify: verifyShuffle,
      'copy-link': copyLink,
      'use-here': () => room.connect(),
      reload: () => location.reload(),
    },
    signal,
  );
  root.addEventListener(
    'focusin',
    (event) => {
      const cards = Array.from(root.querySelectorAll('.hand .card'));
      const place = cards.indexOf(/** @type {Element} */ (event.target));
      if (place >= 0 && place !== screen.focused) {
        screen.focused = place;
        draw();
      }
    },
    { signal },
  );
  runKeyboard(root, signal);
  runCountdowns(root, signal);
  // Waiting out a backoff makes no sense once the network, or the viewer, is back.
  const hurry = () => room.link === 'reconnecting' && !document.hidden && room.connect();
  addEventListener('online', hurry, { signal });
  document.addEventListener('visibilitychange', hurry, { signal });

  draw();
  room.connect();
  void fillTime(api, gameId).then((at) => {
    screen.fillAt = at;
    draw();
  });
  const second = setInterval(() => screen.fillAt !== null && room.view?.phase === 'lobby' && draw(), 1000);
  signal.addEventListener('abort', () => clearInterval(second));
  return () => {
    end.abort();
    room.close();
  };
}

function randomText() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The host's click says that he is ready. @param {Room} room */
function startGame(room) {
  const me = room.view?.players.find((p) => p.player_id === room.view?.you.player_id);
  if (me && !me.ready) room.act('set_ready', { ready: true });
  room.act('start_game');
}

/** @param {Room} room @param {HTMLFormElement} form */
function say(room, form) {
  const text = String(new FormData(form).get('text')).trim();
  if (text) room.talk('chat', { text });
  form.reset();
}

/** @param {Room} room @param {HTMLFormElement} form */
function changeSettings(room, form) {
  const args = room.view && settingsWanted(room.view, new FormData(form));
  if (args) room.act('change_settings', args);
  else toast(strings.settings.nothing);
}

/** @param {string} gameId */
function goToRoom(gameId) {
  location.hash = `#/rooms/${gameId}`;
}
