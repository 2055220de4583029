/** The page of one room: lobby, table and result. */

import { OWN_GAME } from '../../games/own-game.js';
import { strings } from '../../games/table/strings.js';
import { delegate, patch } from '../../kit/dom.js';
import { playableCards, whyNot } from '../../games/eldorado/hand.js';
import { idle } from '../../kit/idle.js';
import { loadPart, roomScreen } from '../parts/room-screen.js';
import { styles } from '../../kit/styles.js';
import { runKeyboard } from '../../games/eldorado/keyboard.js';

const LOG_LINES = 60;

/**
 * @typedef {object} Screen what this page knows beside the room
 * @property {string[]} log newest last
 * @property {boolean} showsLastTrick
 * @property {number} focused place in the hand that Tab leads to
 * @property {number | null} fillAt when bots take the free seats (the server's clock, ms); null: never
 * @property {string[]} levels of bots that a host may add; empty: not asked for
 * @property {import('../../games/eldorado/verification.js').Verification} verification
 */

/** @typedef {import('../room.js').Room} Room */

/**
 * @param {Element} root
 * @param {import('../../net/api.js').Api} api
 * @param {Room} room which is left together with the page
 * @returns {Promise<() => void>} leaves the page
 */
export async function openRoomPage(root, api, room) {
  const { gameId } = room;
  const end = new AbortController();
  const { signal } = end;
  /** @type {Screen} */
  const screen = { log: [], showsLastTrick: false, focused: 0, fillAt: null, levels: [], verification: {} };
  await styles('table');
  const words = idle().then(() => import('../../games/eldorado/sentences.js'));
  /** What is told, one after the other. @type {Promise<void>} */
  let telling = Promise.resolve();

  /** Whether this seat has added its share to the shuffle: a text that the server could not foresee. */
  let hasShared = false;
  const seedKey = `parlor.seed.${gameId}`;
  function share() {
    const { view } = room;
    if (view?.phase !== 'lobby' || view.you.seat === null) hasShared = false;
    else if (!hasShared) {
      hasShared = true;
      room.act('set_client_seed', { client_seed: sessionStorage.getItem(seedKey) ?? randomText() });
    }
  }

  let hasAsked = false;
  async function askForLevels() {
    const { view } = room;
    if (hasAsked || view?.phase !== 'lobby' || view.host_player_id !== view.you.player_id) return;
    hasAsked = true;
    const { botLevels } = await import('../catalogue.js');
    screen.levels = await botLevels(api, view.game);
    draw();
  }

  /**
   * Tell in words what has happened: in the list of moves, and to screen readers.
   * @param {import('../../games/table/fold.js').RoomEvent} event
   * @param {import('../../games/table/view.js').View} before
   * @param {import('../../games/table/view.js').View} after
   */
  async function tell(event, before, after) {
    const { announce, sentence } = await words;
    const text = sentence(event, before, after) || (await plainly(event, after));
    if (text) screen.log = [...screen.log, text].slice(-LOG_LINES);
    announce(text);
    if (event.name === 'settings_changed') void toast(text);
    if (isMine(after) && !isMine(before)) announce(strings.announce.yourTurn);
    draw();
  }

  /** @param {import('../../games/table/fold.js').View} view */
  function isMine(view) {
    return view.turn?.player_id === view.you.player_id;
  }

  /** Those that grow at their end, which stays in sight unless somebody has scrolled back. */
  const lists = () => Array.from(root.querySelectorAll('.moves, .said'));

  let isDue = false;
  /** Draw with the next frame: an event, the turn after it and an ack come together and are drawn once. */
  function draw() {
    if (isDue) return;
    isDue = true;
    if (document.hidden) queueMicrotask(paint);
    else requestAnimationFrame(paint);
  }

  function paint() {
    isDue = false;
    if (signal.aborted) return;
    const keepsPlace = lists().filter((list) => list.scrollTop + list.clientHeight < list.scrollHeight - 1);
    patch(root, roomScreen(room, screen));
    for (const list of lists()) if (!keepsPlace.includes(list)) list.scrollTop = list.scrollHeight;
  }

  /** What the first move can do without: clocks, and when bots take the free seats. */
  async function runLater() {
    const { announce } = await words;
    const [{ runCountdowns }, { fillTime }] = await Promise.all([import('../../games/table/countdown.js'), import('../ticket.js')]);
    runCountdowns(root, signal, () => announce(strings.announce.hurry));
    screen.fillAt = await fillTime(api, gameId);
    draw();
  }

  async function verifyShuffle() {
    const { checkGame } = await import('./verify.js');
    const show = (/** @type {import('../../games/eldorado/verification.js').Verification} */ found) => {
      screen.verification = found;
      draw();
    };
    return checkGame(api, gameId, show, room.view?.seed_commitment);
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
      void toast(strings.lobby.copied);
    } catch {
      void toast(strings.lobby.copyFailed, 'problem');
    }
  }

  delegate(
    root,
    {
      'play-card': ({ card }) => {
        if (card && playableCards(room).has(card)) room.act('play_card', { card });
        else if (card && !room.pendingMove) void toast(whyNot(room, card));
      },
      bid: ({ value }) => {
        if (!room.pendingMove) room.act('bid', { value: Number(value) });
      },
      'plain-move': ({ index }) => {
        const action = room.actions[Number(index)];
        if (action) room.act(action.name, action.args);
      },
      'last-trick': () => {
        screen.showsLastTrick = !screen.showsLastTrick;
        draw();
      },
      'show-scores': () => openDialog('dialog.score-sheet'),
      help: showHelp,
      'ask-to-leave': () => (isPlayer() ? openDialog('dialog.leave-dialog') : leave()),
      'close-dialog': (_, element) => element.closest('dialog')?.close(),
      ready: () => {
        const me = room.view?.players.find((p) => p.player_id === room.view?.you.player_id);
        room.act('set_ready', { ready: !me?.ready });
      },
      'own-seed': (_, form) => {
        const seed = String(new FormData(/** @type {HTMLFormElement} */ (form)).get('seed')).trim();
        if (!seed) return;
        sessionStorage.setItem(seedKey, seed); // it stays, also when this page is loaded again
        room.act('set_client_seed', { client_seed: seed });
        void toast(strings.lobby.seedSet);
      },
      'take-seat': () => room.act('request_seat'),
      'add-bot': (_, form) => {
        const level = new FormData(/** @type {HTMLFormElement} */ (form)).get('level');
        room.act('add_bot', { count: 1, ...(level && { level }) });
      },
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
  const press = (/** @type {string} */ selector) => {
    const element = /** @type {HTMLElement | null} */ (root.querySelector(selector));
    element?.click();
    return element !== null;
  };
  runKeyboard(root, signal, {
    '?': () => press('[data-action="help"]'),
    l: () => press('[data-action="last-trick"]'),
    s: () => room.view?.round && openDialog('dialog.score-sheet'),
    c: () => focusChat(root),
  });
  // Waiting out a backoff makes no sense once the network, or the viewer, is back.
  const hurry = () => room.link === 'reconnecting' && !document.hidden && room.connect();
  addEventListener('online', hurry, { signal });
  document.addEventListener('visibilitychange', hurry, { signal });

  draw();
  room.listen({
    onChange: () => {
      share();
      void askForLevels();
      void loadPart(room.view).then((isNew) => isNew && draw());
      draw();
    },
    onShown: (event, before, after) => {
      if (event.name === 'card_played') screen.showsLastTrick = false;
      telling = telling.then(() => tell(event, before, after));
    },
    onReject: (reject, command) => {
      // The game may have started meanwhile; nobody has asked for it.
      if (command?.name !== 'set_client_seed') void toast(refusalText(reject), 'problem');
    },
    onRematch: goToRoom,
    onNotice: (text) => void toast(strings.notice(text)),
  });
  void runLater();
  const second = setInterval(() => screen.fillAt !== null && room.view?.phase === 'lobby' && draw(), 1000);
  signal.addEventListener('abort', () => clearInterval(second));
  return () => {
    end.abort();
    room.close();
  };
}

/** What happens in a game that this page doesn't know. @param {{name: string, data: Record<string, any>}} event @param {import('../../games/table/view.js').View} view */
async function plainly({ name, data }, view) {
  if (view.game === OWN_GAME || name === 'hidden') return '';
  return (await import('../../games/plain/words.js')).line(view, name, data);
}

/** @param {string} text @param {'note' | 'problem'} [kind] */
async function toast(text, kind) {
  (await import('../../kit/toast.js')).toast(text, kind);
}

function randomText() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function showHelp() {
  (await import('../../games/eldorado/help.js')).openHelp();
}

/** @param {Element} root */
function focusChat(root) {
  const fields = Array.from(root.querySelectorAll('.chat input[name="text"]'));
  const field = /** @type {HTMLElement | undefined} */ (fields.find((input) => input.checkVisibility()));
  field?.focus();
  return field !== undefined;
}

/** In the reader's language where we have it, else as the server says it. @param {Record<string, any>} reject */
function refusalText({ code, message }) {
  return /** @type {Record<string, string>} */ (strings.refusals)[code] ?? message;
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
async function changeSettings(room, form) {
  const { settingsWanted } = await import('../../games/eldorado/settings.js');
  const args = room.view && settingsWanted(room.view, new FormData(form));
  if (args) room.act('change_settings', args);
  else void toast(strings.settings.nothing);
}

/** @param {string} gameId */
function goToRoom(gameId) {
  location.hash = `#/rooms/${gameId}`;
}
