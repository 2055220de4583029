/** The last values of something as a small curve without a scale. */

import { h } from '../dom.js';
import { path } from './chart.js';

const WIDTH = 120;
const HEIGHT = 32;

/** @param {(number | null)[]} values oldest first */
export function sparkline(values) {
  const known = values.map((value) => value ?? 0);
  const most = Math.max(...known, 1e-9);
  const points = known.map((value, i) => ({
    x: (i / Math.max(1, known.length - 1)) * WIDTH,
    y: HEIGHT - 2 - (value / most) * (HEIGHT - 4),
  }));
  return h(
    'svg',
    { class: 'chart sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    points.length > 1 && h('path', { class: 'curve', d: path(points) }),
  );
}
