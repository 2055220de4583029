/** What the replay of a game without a client of its own shows: events to go through, and the state after each. */

import { choice, drawing, step } from '../replay/buttons.js';
import { SPEEDS } from '../replay/tape.js';
import { t as replay } from '../replay/strings.js';
import { topBar } from '../../kit/bar.js';
import { h } from '../../kit/dom.js';
import { panel } from '../../kit/panel.js';
import { people, state } from './table.js';
import { t } from './strings.js';

/** @typedef {import('../table/fold.js').View} View */

/**
 * @param {View} view the state on display
 * @param {import('../replay/tape.js').Tape} tape
 * @param {number} head index of the last event
 * @param {string[]} lines what each event says
 */
export function plainReplay(view, tape, head, lines) {
  return [
    topBar(h('p', { class: 'progress' }, `${view.game}: ${replay.title}`)),
    h(
      'main',
      { key: 'plain-replay', class: 'page plain' },
      h(
        'div',
        { class: 'plain-replay' },
        controls(tape, head, lines[tape.index]),
        h(
          'div',
          { class: 'plain-columns' },
          h('div', { class: 'column' }, state(view)),
          h('div', { class: 'column' }, feed(tape, lines), people({ deadline: null }, view)),
        ),
      ),
    ),
  ];
}

/** @param {import('../replay/tape.js').Tape} tape @param {number} head @param {string} told */
function controls(tape, head, told) {
  const play = tape.isPlaying ? replay.pause : replay.play;
  const speeds = SPEEDS.map((speed) => /** @type {[string, string]} */ ([String(speed), replay.times(speed)]));
  return h(
    'section',
    { key: 'tape', class: 'tape', 'aria-label': replay.controls },
    h(
      'div',
      { class: 'scrubber' },
      h('input', { key: 'range', type: 'range', min: 0, max: head, step: 1, 'aria-label': replay.position, 'aria-valuetext': told }),
    ),
    h(
      'div',
      { class: 'tape-buttons' },
      step('move-back', 'move', replay.moveBack, '←'),
      h(
        'button',
        { key: 'play', type: 'button', class: 'is-primary is-icon', 'data-action': 'play', 'aria-label': play, title: `${play} (${replay.space})` },
        drawing(tape.isPlaying ? 'pause' : 'play'),
      ),
      step('move-on', 'move', replay.moveOn, '→', true),
    ),
    h(
      'div',
      { class: 'tape-choices' },
      choice('speed', replay.speed, speeds, String(tape.speed)),
      h('button', { key: 'link', type: 'button', 'data-action': 'copy-link', title: 'C' }, replay.copyLink),
    ),
    h('p', { key: 'told', class: 'told-event', role: 'status' }, `${t.event(tape.index)}: ${told}`),
  );
}

/** @param {import('../replay/tape.js').Tape} tape @param {string[]} lines */
function feed(tape, lines) {
  return panel(
    'feed',
    t.feed,
    h(
      'ol',
      { class: 'moves', tabindex: '0', 'aria-labelledby': 'feed-title' },
      lines.map((told, index) =>
        h(
          'li',
          { key: String(index) },
          h(
            'button',
            { type: 'button', class: 'jump', 'data-action': 'go', 'data-index': index, 'aria-current': index === tape.index ? 'step' : null },
            told,
          ),
        ),
      ),
    ),
  );
}
