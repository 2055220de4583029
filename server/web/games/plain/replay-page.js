/**
 * The replay of a game without a client of its own: what happened, event by event, and the state after each as the
 * server tells it. States of finished games never change, so each is fetched once.
 */

import { ApiError } from '../../net/api.js';
import { plainReplay } from './replay.js';
import { line } from './words.js';
import { addressOf } from '../replay/address.js';
import { copyLink } from '../replay/copy-link.js';
import { runReplayKeyboard } from '../replay/keyboard.js';
import { readLog, readView } from '../replay/log.js';
import { SPEEDS, Tape } from '../replay/tape.js';
import { announce } from '../../kit/announcements.js';
import { sheets } from './client.js';
import { delegate, patch } from '../../kit/dom.js';
import { styles } from '../../kit/styles.js';
import { toast } from '../../kit/toast.js';

const ADDRESS_MS = 300;

/** @type {import('../contract.js').Replay['openReplay']} */
export async function openReplay({ root, gameId, place, signal }) {
  const [events] = await Promise.all([readLog(gameId), styles(...sheets)]);
  if (signal.aborted) return;
  const head = events.length - 1;
  /** @type {Map<number, import('../table/view.js').View>} */
  const views = new Map();
  const last = await viewAt(head);
  const lines = events.map(({ name, data }) => line(last, name, data));
  const tape = new Tape({ head, events }, events.map((_, i) => i), {}, changed);
  let shown = last;
  let addressTimer = 0;

  /** @param {number} index */
  async function viewAt(index) {
    const view = views.get(index) ?? (await readView(gameId, index));
    views.set(index, view);
    return view;
  }

  const address = () => addressOf(gameId, tape.index, 'open');

  /** @param {boolean} isStep it has gone on by itself */
  function changed(isStep) {
    clearTimeout(addressTimer);
    addressTimer = setTimeout(() => history.replaceState(null, '', address()), ADDRESS_MS);
    if (!isStep && !tape.isPlaying) announce(lines[tape.index]);
    draw();
    void show(tape.index);
  }

  /** The state comes a moment after the event, unless it was looked at before. @param {number} index */
  async function show(index) {
    try {
      const view = await viewAt(index);
      if (index !== tape.index) return;
      shown = view;
      draw();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(error.message, 'problem');
    }
  }

  function draw() {
    if (signal.aborted) return;
    patch(root, plainReplay(shown, tape, head, lines));
    const range = /** @type {HTMLInputElement} */ (root.querySelector('.scrubber input'));
    range.value = String(tape.index);
    const list = /** @type {HTMLElement} */ (root.querySelector('.moves'));
    const current = /** @type {HTMLElement} */ (list.querySelector('[aria-current]'));
    list.scrollTop = current.offsetTop - list.clientHeight / 2;
  }

  const go = (/** @type {number} */ index) => {
    tape.pause();
    tape.seek(index);
  };

  const faster = (/** @type {number} */ by) => tape.play(SPEEDS[SPEEDS.indexOf(tape.speed) + by] ?? tape.speed);

  /** @type {Record<string, (data: Record<string, string | undefined>) => void>} */
  const actions = {
    play: () => tape.toggle(0),
    'move-back': () => go(tape.index - 1),
    'move-on': () => go(tape.index + 1),
    start: () => go(0),
    end: () => go(head),
    go: ({ index }) => go(Number(index)),
    faster: () => faster(1),
    slower: () => faster(-1),
    'copy-link': () => void copyLink(address()),
  };
  delegate(root, actions, signal);
  runReplayKeyboard((action, data) => {
    if (!Object.hasOwn(actions, action)) return false;
    actions[action](data);
    return true;
  }, signal);
  const given = (/** @type {Event} */ { target }) => {
    if (target instanceof HTMLInputElement && target.type === 'range') go(Number(target.value));
    if (target instanceof HTMLSelectElement) tape.play(Number(target.value));
  };
  root.addEventListener('input', given, { signal });
  signal.addEventListener('abort', () => {
    clearTimeout(addressTimer);
    tape.close();
  });
  tape.seek(place.at ?? 0);
}
