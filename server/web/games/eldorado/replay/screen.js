/** Everything on the page of a replay, put together. */

import { scoreCurve } from './score-curve.js';
import { strings } from '../../../i18n/strings.js';
import { table } from '../../table/strings.js';
import { h } from '../../../kit/dom.js';
import { progress } from '../facts.js';
import { iconButton } from '../../../kit/icons.js';
import { scoreTable } from '../scores.js';
import { addressOf } from '../../replay/address.js';
import { controls } from './controls.js';
import { replayTable, still } from './table.js';
import { viewAt } from './recording.js';
import { t } from './strings.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./places.js').Places} Places
 * @typedef {import('./places.js').Moment} Moment
 * @typedef {object} Replay what this page shows
 * @property {Recording} recording
 * @property {Places} places
 * @property {string[]} lines what each event says, empty for those that say nothing
 * @property {import('../../replay/tape.js').Tape} tape
 * @property {import('../../replay/address.js').Perspective} as
 * @property {boolean} canFork
 * @property {boolean} isNarrow scores and moves are shown on demand
 * @property {string} told where it stands, in words
 * @property {(moment: Moment) => string} describe
 */

/** @param {Replay} replay */
export function replayScreen(replay) {
  const { recording, tape, as } = replay;
  const seen = viewAt(recording, tape.index, playerOf(replay));
  // In a replay nobody is "you": also the player at the bottom of the table is called by name.
  const view = { ...seen, you: { ...seen.you, is_other: true } };
  const open = as === 'open' ? recording.hands[tape.index] : null;
  return h(
    'div',
    { class: 'room is-replay' },
    bar(view, recording),
    replayTable(still(view, recording.events[tape.index]), open),
    controls(replay),
    // Only one of the two is in sight; drawing both would take twice the time.
    h('aside', { key: 'aside', class: 'aside' }, !replay.isNarrow && beside(replay, view)),
    h(
      'dialog',
      { key: 'sheet', class: 'sheet score-sheet', 'aria-label': table.scores },
      h('button', { type: 'button', class: 'is-quiet close', 'data-action': 'close-dialog' }, strings.dismiss),
      replay.isNarrow && beside(replay, view),
    ),
    help(),
  );
}

/** The player as whom the game is seen; null: a spectator, or all hands open. @param {Replay} replay @returns {string | null} */
export function playerOf({ recording, as }) {
  return typeof as === 'number' ? (recording.views[recording.head].players[as]?.player_id ?? null) : null;
}

/** @param {import('./recording.js').View} view @param {Recording} recording */
function bar(view, recording) {
  return h(
    'header',
    { class: 'bar' },
    h('a', { class: 'logo', href: '/#/', title: strings.toHome }, strings.title),
    h('p', { class: 'progress' }, view.round ? progress(view) : t.title),
    h('a', { class: 'button is-quiet only-wide', href: `#/verify/${recording.gameId}` }, t.verify),
    iconButton('help', `${t.help} (?)`, 'help'),
    h(
      'button',
      { key: 'scores', type: 'button', class: 'is-quiet only-narrow', 'data-action': 'show-scores' },
      table.scores,
    ),
  );
}

/** @param {Replay} replay @param {import('./recording.js').View} view */
function beside(replay, view) {
  const { recording, places, tape } = replay;
  const last = recording.views[recording.head];
  const origin = recording.events[0].data.forked_from;
  return [
    origin &&
      h('p', { key: 'origin', class: 'quiet' }, h('a', { href: addressOf(origin.game_id, origin.index, 'open') }, t.forkedFrom)),
    h('h2', null, table.scores),
    scoreTable(view),
    last.rounds.length > 1 && scoreCurve(last, view.rounds.length),
    places.moments.length > 0 && [
      h('h2', null, t.moments),
      h(
        'ol',
        { class: 'moments', tabindex: '0', 'aria-label': t.moments },
        places.moments.map((moment) =>
          h(
            'li',
            { key: `${moment.index}.${moment.kind}` },
            jump(moment.index, replay.describe(moment), tape.index, `mark is-${moment.kind}`),
          ),
        ),
      ),
    ],
    h('h2', null, table.log),
    h('ol', { class: 'moves', tabindex: '0', 'aria-label': table.log }, movesOf(replay)),
    h('a', { class: 'only-narrow', href: `#/verify/${recording.gameId}` }, t.verify),
  ];
}

/** The moves of the round where the replay stands. @param {Replay} replay */
function movesOf({ recording, places, tape, lines }) {
  const { rounds } = places;
  const begins = rounds.filter((place) => place <= tape.index).pop() ?? 0;
  const first = begins === recording.head ? (rounds[rounds.length - 2] ?? 0) : begins;
  const end = rounds.find((place) => place > first) ?? recording.head + 1;
  const last = end === recording.head ? end + 1 : end;
  const indexes = Array.from({ length: last - first }, (_, i) => first + i).filter((index) => lines[index]);
  return indexes.map((index) => h('li', { key: String(index) }, jump(index, lines[index], tape.index)));
}

/** @param {number} index @param {string} text @param {number} present @param {string} [mark] */
function jump(index, text, present, mark) {
  return h(
    'button',
    {
      type: 'button',
      class: 'jump',
      'data-action': 'go',
      'data-index': index,
      'aria-current': index === present ? 'step' : null,
    },
    mark && h('i', { class: mark, 'aria-hidden': 'true' }),
    text,
  );
}

function help() {
  return h(
    'dialog',
    { key: 'help', class: 'sheet help-dialog', 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, t.help),
    h(
      'dl',
      { class: 'keys' },
      t.keys.map(([keys, text]) => [h('dt', null, h('kbd', null, keys)), h('dd', null, text)]),
    ),
    h('button', { type: 'button', class: 'is-primary', 'data-action': 'close-dialog' }, strings.dismiss),
  );
}
