/** Pictures of players, drawn from their seed: the same seed is the same face everywhere. */

import { h } from './dom.js';

const HAIR = [
  '',
  'M5.6 11.5C5.6 6.6 8.5 4.4 12 4.4s6.4 2.2 6.4 7.1c-1.9-2-3.9-2.9-6.4-2.9s-4.5.9-6.4 2.9Z',
  'M5.2 18C3.8 8 7.8 4 12 4s8.2 4 6.8 14c-1.3-2-1.1-4.5-1.7-6.7-3-.4-6-1-7.6-2.9-.9 1.7-2 2.6-2.6 2.9-.4 2.2-.4 4.7-1.7 6.7Z',
  'M12 1.5a2.3 2.3 0 0 1 1.6 3.9c2.9.6 4.8 2.7 4.8 6.1-1.9-2-3.9-2.9-6.4-2.9s-4.5.9-6.4 2.9c0-3.4 1.9-5.5 4.8-6.1A2.3 2.3 0 0 1 12 1.5Z',
  'M5.7 11.5 5 7.6l2.7 1L8.5 4.7l2.5 2.5L12.9 4l1.6 3.2 3-1.7-.3 3.4 1.3 2.6c-3-2.3-9.8-2.6-12.8 0Z',
  'M5.5 12.5C5.2 7 8 4.4 12 4.4s6.8 2.6 6.5 8.1l-2-3.3-9 .3Z',
  'M5.2 9.8C5.2 6.4 8.2 4.2 12 4.2s6.8 2.2 6.8 5.6h2.5v1.4H5.2Z',
  'M5.6 11c-1.5-1-1-3 .3-3.3C5.8 5.7 7.8 4.6 9 5.2c.9-1.5 3.2-1.6 4.2-.4 1.5-.7 3.2.1 3.3 1.6 1.7.1 2.6 1.6 1.9 2.9.5.7.4 1.4 0 1.9-1.8-1.9-3.8-2.7-6.4-2.7s-4.6.7-6.4 2.5Z',
];
const EYES = [
  'M9.3 12.7v.1M14.7 12.7v.1',
  'M8.5 13q.9-1.3 1.8 0M13.7 13q.9-1.3 1.8 0',
  'M8.5 12.7h1.7M13.8 12.7h1.7',
  'M9.3 12.3v.9M14.7 12.3v.9',
  'M7.4 12.8a1.9 1.9 0 1 0 3.8 0 1.9 1.9 0 1 0-3.8 0M12.8 12.8a1.9 1.9 0 1 0 3.8 0 1.9 1.9 0 1 0-3.8 0M11.2 12.5h1.6M9.3 12.8v.1M14.7 12.8v.1',
];
const MOUTHS = [
  'M9.7 16.5q2.3 2 4.6 0',
  'M10.2 16.9h3.6',
  'M9.6 16.3q2.4 3.4 4.8 0Z',
  'M10 17.2q2.8.2 4-1.2',
  'M11 16.7a1 1 0 1 0 2 0 1 1 0 1 0-2 0',
];
const ANTENNAS = ['M12 3v4', 'M9 3.5 10.5 7M15 3.5 13.5 7', 'M12 5.5V7M11 4.5a1 1 0 1 0 2 0 1 1 0 1 0-2 0', 'M4 12H2.5M20 12h1.5'];
const LENSES = ['M9 12v1.5M15 12v1.5', 'M8.5 12.5h2M13.5 12.5h2', 'M7.5 12.5h9', 'M8 12.5a1 1 0 1 0 2 0 1 1 0 1 0-2 0M14 12.5a1 1 0 1 0 2 0 1 1 0 1 0-2 0'];
const GRILLES = ['M9.5 16h5', 'M9.5 15.5q2.5 1.5 5 0', 'M9.5 15.7v.6M12 15.7v.6M14.5 15.7v.6'];

/**
 * @param {{avatar_seed: string, color: string, is_bot?: boolean}} player
 */
export function avatar({ avatar_seed, color, is_bot }) {
  return h(
    'span',
    { class: 'avatar', vars: { '--player-color': color }, 'aria-hidden': 'true' },
    h('svg', { viewBox: '0 0 24 24' }, is_bot ? robot(choices(avatar_seed)) : face(choices(avatar_seed))),
  );
}

/** @param {(of: readonly string[]) => string} choose */
function face(choose) {
  return [
    h('ellipse', { class: 'skin', cx: 12, cy: 13, rx: 6.4, ry: 7 }),
    h('path', { class: 'hair', d: choose(HAIR) }),
    h('path', { class: 'line-work', d: choose(EYES) }),
    h('path', { class: 'line-work', d: choose(MOUTHS) }),
  ];
}

/** @param {(of: readonly string[]) => string} choose */
function robot(choose) {
  return [
    h('rect', { class: 'skin', x: 5, y: 7, width: 14, height: 12, rx: 2.5 }),
    h('path', { class: 'line-work is-light', d: choose(ANTENNAS) }),
    h('path', { class: 'line-work', d: choose(LENSES) }),
    h('path', { class: 'line-work', d: choose(GRILLES) }),
  ];
}

/** Draws from the seed (FNV-1a, stirred after every draw). @param {string} seed */
function choices(seed) {
  let state = 0x811c9dc5;
  const stir = (/** @type {number} */ value) => (state = Math.imul(state ^ value, 0x01000193) >>> 0);
  for (const char of seed) stir(char.codePointAt(0) ?? 0);
  return (/** @type {readonly string[]} */ of) => {
    stir(of.length);
    return of[((state ^ (state >>> 15)) >>> 0) % of.length];
  };
}
