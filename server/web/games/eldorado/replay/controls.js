/** What moves the replay: the scrubber with its marks, the buttons, speed and perspective. */

import { h } from '../../../kit/dom.js';
import { choice, drawing, step } from '../../replay/buttons.js';
import { SPEEDS } from '../../replay/tape.js';
import { t } from './strings.js';

/** @typedef {import('./screen.js').Replay} Replay */

/** @param {Replay} replay */
export function controls(replay) {
  const { tape, recording } = replay;
  return h(
    'section',
    { key: 'tape', class: 'tape', 'aria-label': t.controls },
    scrubber(replay),
    h(
      'div',
      { class: 'tape-buttons' },
      step('round-back', 'round', t.roundBack, '↑'),
      step('trick-back', 'trick', t.trickBack, 'Shift ←'),
      step('move-back', 'move', t.moveBack, '←'),
      h(
        'button',
        {
          key: 'play',
          type: 'button',
          class: 'is-primary is-icon',
          'data-action': 'play',
          'aria-label': tape.isPlaying ? t.pause : t.play,
          title: `${tape.isPlaying ? t.pause : t.play} (${t.space})`,
        },
        drawing(tape.isPlaying ? 'pause' : 'play'),
      ),
      step('move-on', 'move', t.moveOn, '→', true),
      step('trick-on', 'trick', t.trickOn, 'Shift →', true),
      step('round-on', 'round', t.roundOn, '↓', true),
    ),
    h(
      'div',
      { class: 'tape-choices' },
      choice('perspective', t.perspective, perspectives(replay), String(replay.as)),
      choice(
        'speed',
        t.speed,
        SPEEDS.map((speed) => [String(speed), t.times(speed)]),
        String(tape.speed),
      ),
      h('button', { key: 'link', type: 'button', 'data-action': 'copy-link', title: 'C' }, t.copyLink),
      h(
        'button',
        { key: 'fork', type: 'button', 'data-action': 'fork', title: t.forkHint, disabled: !replay.canFork },
        t.fork,
      ),
    ),
    h('p', { class: 'visually-hidden' }, t.events(recording.head)),
  );
}

/** @param {Replay} replay */
function scrubber(replay) {
  const { tape, recording, places } = replay;
  const share = (/** @type {number} */ index) => index / Math.max(1, recording.head);
  return h(
    'div',
    { class: 'scrubber', vars: { '--done': share(tape.index) } },
    h(
      'div',
      { class: 'round-marks', 'aria-hidden': 'true' },
      places.rounds
        .slice(0, -1)
        .map((index, i) =>
          h(
            'button',
            {
              key: `r${index}`,
              type: 'button',
              tabindex: '-1',
              'data-action': 'go',
              'data-index': index,
              title: t.round(i),
              vars: { '--at': share(index) },
            },
            i + 1,
          ),
        ),
    ),
    h('input', {
      key: 'range',
      type: 'range',
      min: 0,
      max: recording.head,
      step: 1,
      'aria-label': t.position,
      'aria-valuetext': replay.told,
    }),
    h(
      'div',
      { class: 'moment-marks', 'aria-hidden': 'true' },
      places.moments.map((moment) =>
        h('button', {
          key: `m${moment.index}.${moment.kind}`,
          type: 'button',
          tabindex: '-1',
          class: `mark is-${moment.kind}`,
          'data-action': 'go',
          'data-index': moment.index,
          title: replay.describe(moment),
          vars: { '--at': share(moment.index) },
        }),
      ),
    ),
  );
}

/** @param {Replay} replay @returns {[string, string][]} */
function perspectives({ recording }) {
  const { players } = recording.views[recording.head];
  return [
    ['open', t.openHands],
    ['watching', t.asSpectator],
    ...players.map((p, i) => /** @type {[string, string]} */ ([String(i), t.asPlayer(p.display_name)])),
  ];
}
