/** The replay of a finished game. */

import { ApiError } from '../../../net/api.js';
import { addressOf, perspectiveIn } from '../../replay/address.js';
import { copyLink } from '../../replay/copy-link.js';
import { runReplayKeyboard } from '../../replay/keyboard.js';
import { neighbour, placesOf } from './places.js';
import { loadRecording } from './recording.js';
import { playerOf, replayScreen } from './screen.js';
import { SPEEDS, Tape } from '../../replay/tape.js';
import { t } from './strings.js';
import { t as words } from '../strings.js';
import { announce } from '../../../kit/announcements.js';
import { sheets } from '../client.js';
import { sentence } from '../sentences.js';
import { delegate, patch } from '../../../kit/dom.js';
import { nameOfPlayer } from '../../table/people.js';
import { styles } from '../../../kit/styles.js';
import { toast } from '../../../kit/toast.js';

const ADDRESS_MS = 300;
/** By event, milliseconds at speed 1: as long as people need to see it. */
const HOLD_MS = { trump_revealed: 1400, player_bid: 600, card_played: 700, trick_completed: 1300, round_scored: 2600 };

/** @type {import('../../contract.js').Replay['openReplay']} */
export async function openReplay({ root, api, gameId, place, enter, signal }) {
  const [recording] = await Promise.all([loadRecording(gameId), styles('/games/eldorado/styles/replay.css', ...sheets)]);
  if (!signal.aborted) run(root, api, recording, place, enter, signal);
}

/**
 * @param {Element} root
 * @param {import('../../../net/api.js').Api} api
 * @param {import('./recording.js').Recording} recording
 * @param {import('../../replay/address.js').Place} place
 * @param {import('../../contract.js').ReplayVisit['enter']} enter
 * @param {AbortSignal} signal
 */
function run(root, api, recording, place, enter, signal) {
  const { gameId, events, views, head } = recording;
  const places = placesOf(recording);
  const lines = events.map((event, i) => (i === 0 ? '' : sentence(event, views[i - 1], views[i])));
  const tape = new Tape(recording, places.moves, HOLD_MS, changed);
  const started = events.findIndex((event) => event.name === 'game_started');
  const narrow = matchMedia('(max-width: 1060px)'); // as in replay.css
  let addressTimer = 0;

  /** @type {import('./screen.js').Replay} */
  const replay = {
    recording,
    places,
    lines,
    tape,
    as: place.as,
    canFork: false,
    isNarrow: narrow.matches,
    told: '',
    describe,
  };

  /** @param {import('./places.js').Moment} moment */
  function describe({ index, kind, players, round, trick }) {
    const names = players.map((id) => nameOfPlayer(views[index], id));
    return t.moment[kind](names, t.where(round, trick));
  }

  /** @param {boolean} isStep */
  function changed(isStep) {
    clearTimeout(addressTimer);
    addressTimer = setTimeout(() => history.replaceState(null, '', address()), ADDRESS_MS);
    draw();
    if (!isStep && !tape.isPlaying) announce(replay.told);
  }

  const address = () => addressOf(gameId, tape.index, replay.as);

  function draw() {
    const { index } = tape;
    replay.canFork = started >= 0 && index >= started && index < head;
    replay.isNarrow = narrow.matches;
    replay.told = `${placeInWords(views[index])} ${lines[index]}`;
    patch(root, replayScreen(replay));
    const range = /** @type {HTMLInputElement} */ (root.querySelector('.scrubber input'));
    range.value = String(index);
    showCurrent();
  }

  /** Keep the present move in sight, without moving the page. */
  function showCurrent() {
    for (const list of root.querySelectorAll('.moves')) {
      const current = /** @type {HTMLElement | null} */ (list.querySelector('[aria-current]'));
      if (current) list.scrollTop = current.offsetTop - list.clientHeight / 2;
    }
  }

  /** @param {import('../../replay/address.js').Perspective} as */
  function look(as) {
    if (typeof as === 'number' && !views[head].players[as]) return;
    replay.as = as;
    changed(false);
    const name = playerOf(replay);
    announce(as === 'open' ? t.openHands : name === null ? t.asSpectator : t.asPlayer(nameOfPlayer(views[head], name)));
  }

  const go = (/** @type {number[]} */ among, /** @type {number} */ direction) => {
    tape.pause();
    tape.seek(neighbour(among, tape.index, direction));
  };
  const faster = (/** @type {number} */ by) => {
    const at = SPEEDS.indexOf(tape.speed) + by;
    if (SPEEDS[at] !== undefined) tape.play(SPEEDS[at]);
    announce(t.times(tape.speed));
  };

  async function fork() {
    if (!replay.canFork) return;
    const seat = typeof replay.as === 'number' ? views[tape.index].players[replay.as]?.seat : undefined;
    try {
      enter(
        await api.call('POST', `/api/games/${gameId}/fork`, { at: tape.index, ...(seat !== undefined && { seat }) }),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(error.message, 'problem');
    }
  }

  /** @param {string} selector */
  function openDialog(selector) {
    tape.pause();
    /** @type {HTMLDialogElement | null} */ (root.querySelector(selector))?.showModal();
  }

  /** @type {Record<string, (data: Record<string, string | undefined>, element?: HTMLElement) => void>} */
  const actions = {
    play: () => tape.toggle(places.start),
    'move-back': () => go(places.moves, -1),
    'move-on': () => go(places.moves, 1),
    'trick-back': () => go(places.tricks, -1),
    'trick-on': () => go(places.tricks, 1),
    'round-back': () => go(places.rounds, -1),
    'round-on': () => go(places.rounds, 1),
    start: () => go([0], -1),
    end: () => go([head], 1),
    go: ({ index }) => {
      tape.pause();
      tape.seek(Number(index));
    },
    faster: () => faster(1),
    slower: () => faster(-1),
    open: () => look('open'),
    watching: () => look('watching'),
    seat: ({ seat }) => look(Number(seat)),
    'copy-link': () => void copyLink(address()),
    fork: () => void fork(),
    help: () => openDialog('dialog.help-dialog'),
    'show-scores': () => openDialog('dialog.score-sheet'),
    'close-dialog': (_, element) => element?.closest('dialog')?.close(),
  };

  delegate(root, actions, signal);
  runReplayKeyboard((action, data) => {
    if (!Object.hasOwn(actions, action)) return false;
    actions[action](data);
    return true;
  }, signal);
  root.addEventListener(
    'input',
    ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === 'range') actions.go({ index: target.value });
    },
    { signal },
  );
  root.addEventListener(
    'change',
    ({ target }) => {
      if (!(target instanceof HTMLSelectElement)) return;
      if (target.name === 'speed') tape.play(Number(target.value));
      if (target.name === 'perspective') look(perspectiveIn(target.value));
    },
    { signal },
  );
  signal.addEventListener('abort', () => {
    clearTimeout(addressTimer);
    tape.close();
  });
  narrow.addEventListener('change', draw, { signal });
  tape.seek(place.at ?? places.start);
}

/** @param {import('./recording.js').View} view */
function placeInWords(view) {
  const { round, config } = view;
  if (!round) return t.beforeTheDeal;
  const trick = round.trick ?? round.last_trick;
  const inRound =
    view.phase === 'playing' && trick ? `, ${words.trick(trick.trick_index, round.cards_per_player)}` : '';
  return `${words.round(round.round_index, config.rounds)}${inRound}.`;
}
