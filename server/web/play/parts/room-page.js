/** The page of one room: lobby, table and result. */

import { table } from '../../games/table/strings.js';
import { strings } from '../../i18n/strings.js';
import { delegate, patch } from '../../kit/dom.js';
import { idle } from '../../kit/idle.js';
import { FIELDS, onKeys } from '../../kit/keys.js';
import { styles } from '../../kit/styles.js';
import { seedKey } from '../entrance.js';
import { room as t } from '../strings/room.js';
import { loadPart, partOf, roomScreen } from './room-screen.js';

const LOG_LINES = 60;
export const sheets = ['/styles/table.css'];

/**
 * @typedef {import('../room.js').Room} Room
 * @typedef {import('../../games/contract.js').GameClient} GameClient
 * @typedef {import('../../games/contract.js').View} View
 *
 * @typedef {object} RoomScreen what this page knows beside the room
 * @property {number | null} fillAt when bots take the free seats (the server's clock, ms); null: never
 * @property {string[]} levels of bots that a host may add; empty: not asked for
 * @property {import('../../kit/dom.js').Child} verification what the check of the shuffle has found so far
 * @typedef {RoomScreen & import('../../games/contract.js').Screen} Screen
 */

/**
 * @param {Element} root
 * @param {import('../../net/api.js').Api} api
 * @param {Room} room
 * @param {AbortSignal} signal ends it
 */
export async function runRoom(root, api, room, signal) {
  const { gameId } = room;
  /** @type {Screen} */
  const screen = { log: [], own: {}, fillAt: null, levels: [], verification: null };
  await styles(...sheets);
  /** @type {(client: GameClient) => void} */
  let clientLoaded;
  /** @type {Promise<GameClient>} */
  const client = new Promise((resolve) => (clientLoaded = resolve));
  /** Sentences can wait until the table stands. */
  const words = client.then(async ({ sentences }) => idle().then(sentences));
  /** What is told, one after the other. @type {Promise<void>} */
  let telling = Promise.resolve();

  /** Whether this player has added a share to the shuffle: a text that the server could not foresee. */
  let hasShared = false;
  function share() {
    const { view } = room;
    if (view?.phase !== 'lobby' || view.you.seat === null) hasShared = false;
    else if (!hasShared) {
      hasShared = true;
      room.act('set_client_seed', { client_seed: sessionStorage.getItem(seedKey(gameId)) ?? randomText() });
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
    const [{ sentence }, { announce }] = await Promise.all([words, import('../../kit/announcements.js')]);
    const text = sentence(event, before, after);
    if (text) screen.log = [...screen.log, text].slice(-LOG_LINES);
    announce(text);
    if (event.name === 'settings_changed') void toast(text);
    if (isMine(after) && !isMine(before)) announce(table.announce.yourTurn);
    draw();
  }

  /** @param {import('../../games/table/fold.js').View} view */
  function isMine(view) {
    return view.turn?.player_id === view.you.player_id;
  }

  /** Lists that grow at their end, which stays in sight unless the reader has scrolled back. */
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
    await idle();
    const [{ runCountdowns }, { fillTime }, { announce }] = await Promise.all([
      import('../../games/table/countdown.js'),
      import('../ticket.js'),
      import('../../kit/announcements.js'),
    ]);
    runCountdowns(root, signal, () => announce(table.announce.hurry));
    screen.fillAt = await fillTime(api, gameId);
    draw();
  }

  /** @param {string} selector */
  function openDialog(selector) {
    for (const open of root.querySelectorAll('dialog[open]')) /** @type {HTMLDialogElement} */ (open).close();
    /** @type {HTMLDialogElement | null} */ (root.querySelector(selector))?.showModal();
  }

  /** Hear the buttons of the lobby, the chat and the result, before they are drawn. */
  let isHearing = false;
  async function hear() {
    if (isHearing || !room.view || !room.client) return;
    isHearing = true;
    if (partOf(room.view) === 'beside') await idle();
    const { runActions } = await import('./room-actions.js');
    runActions(root, api, room, { toast, openDialog, showVerification }, signal);
  }

  /** @param {import('../../kit/dom.js').Child} found */
  function showVerification(found) {
    screen.verification = found;
    draw();
  }

  delegate(
    root,
    {
      'show-scores': () => openDialog('dialog.score-sheet'),
      help: () => void showHelp(room),
      'close-dialog': (_, element) => element.closest('dialog')?.close(),
      'use-here': () => room.connect(),
      reload: () => location.reload(),
    },
    signal,
  );
  onKeys(FIELDS, ({ key }) => Object.hasOwn(KEYS, key) && KEYS[key](root), signal);
  // No use waiting out a backoff when the network or the viewer is back.
  const hurry = () => room.link === 'reconnecting' && !document.hidden && room.connect();
  addEventListener('online', hurry, { signal });
  document.addEventListener('visibilitychange', hurry, { signal });

  draw();
  room.listen({
    onChange: () => {
      share();
      void askForLevels();
      void hear();
      void loadPart(room).then((isNew) => isNew && draw());
      draw();
    },
    onClient: (client) => {
      clientLoaded(client);
      client.run(root, room, screen, { draw, toast }, signal);
    },
    onShown: (event, before, after) => {
      room.client?.onShown?.(event, screen);
      telling = telling.then(() => tell(event, before, after));
    },
    onReject: (reject, command) => {
      // The page sends it unasked; the game may have started meanwhile.
      if (command?.name !== 'set_client_seed') void toast(refusalText(room, reject), 'problem');
    },
    onRematch: goToRoom,
    onNotice: (text) => void toast(strings.notice(text)),
  });
  void runLater();
  const second = setInterval(() => screen.fillAt !== null && room.view?.phase === 'lobby' && draw(), 1000);
  signal.addEventListener('abort', () => clearInterval(second));
}

/** What keys do in every room. @type {Record<string, (root: Element) => unknown>} */
const KEYS = {
  '?': (root) => press(root, '[data-action="help"]'),
  s: (root) => press(root, '[data-action="show-scores"]'),
  c: focusChat,
};

/** @param {Element} root @param {string} selector */
function press(root, selector) {
  const element = /** @type {HTMLElement | null} */ (root.querySelector(selector));
  element?.click();
  return element !== null;
}

/** @param {string} text @param {'note' | 'problem'} [kind] */
async function toast(text, kind) {
  (await import('../../kit/toast.js')).toast(text, kind);
}

function randomText() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Room} room */
async function showHelp(room) {
  const help = await room.client?.help?.();
  if (help) (await import('../../kit/help.js')).openHelp(help.title, help.keys);
}

/** @param {Element} root */
function focusChat(root) {
  const fields = Array.from(root.querySelectorAll('.chat input[name="text"]'));
  const field = /** @type {HTMLElement | undefined} */ (fields.find((input) => input.checkVisibility()));
  field?.focus();
  return field !== undefined;
}

/** In the reader's language where there is a text for it, else as the server says it. @param {Room} room @param {Record<string, any>} reject */
function refusalText({ client }, { code, message }) {
  return /** @type {Record<string, string>} */ ({ ...t.refusals, ...client?.refusals })[code] ?? message;
}

/** @param {string} gameId */
function goToRoom(gameId) {
  location.hash = `#/rooms/${gameId}`;
}
