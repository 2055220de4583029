/** A histogram. */

import { h } from '../dom.js';
import { chart, grid, niceTicks } from './chart.js';
import { score } from '../../i18n/numbers.js';

const WIDTH = 640;
const HEIGHT = 180;
const FRAME = { left: 46, right: 630, top: 10, bottom: 152 };

/**
 * @param {{from: number, to: number, count: number}[]} bins in order, at least one
 * @param {(bin: {from: number, to: number}) => string} label
 * @param {string} title
 * @param {(total: number, most: string) => string} text what is to be seen, given the sum and the largest bin
 */
export function bars(bins, label, title, text) {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const most = bins.reduce((best, bin) => (bin.count > best.count ? bin : best));
  const ticks = niceTicks(0, Math.max(4, most.count));
  const y = (/** @type {number} */ count) =>
    FRAME.bottom - (count / ticks[ticks.length - 1]) * (FRAME.bottom - FRAME.top);
  const width = (FRAME.right - FRAME.left) / bins.length;
  const every = Math.ceil(bins.length / 12);
  return chart(
    { title, text: text(total, label(most)), width: WIDTH, height: HEIGHT, kind: 'bars' },
    grid(ticks, y, FRAME),
    bins.map((bin, i) => [
      h(
        'rect',
        {
          key: `b${i}`,
          class: `bar-box ${bin.to < 0 ? 'is-low' : ''}`,
          x: (FRAME.left + i * width + 2).toFixed(1),
          y: y(bin.count).toFixed(1),
          width: Math.max(1, width - 4).toFixed(1),
          height: (FRAME.bottom - y(bin.count)).toFixed(1),
        },
        h('title', null, `${label(bin)}: ${bin.count}`),
      ),
      i % every === 0 &&
        h(
          'text',
          { key: `x${i}`, x: (FRAME.left + (i + 0.5) * width).toFixed(1), y: HEIGHT - 12, 'text-anchor': 'middle' },
          score(bin.from),
        ),
    ]),
  );
}
