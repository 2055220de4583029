/**
 * Charts as SVG, drawn in a box of so many units that scales with the page. Each says in words what it shows; the
 * numbers themselves stand in a table beside it.
 */

import { h } from '../dom.js';

/**
 * @typedef {import('../dom.js').Child} Child
 * @typedef {{x: number, y: number}} Point
 * @typedef {{left: number, right: number, top: number, bottom: number}} Frame where the data is drawn
 */

/**
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.text what the chart shows, for screen readers
 * @param {number} options.width
 * @param {number} options.height
 * @param {string} [options.kind] a class
 * @param {...Child} children
 */
export function chart({ title, text, width, height, kind = '' }, ...children) {
  const ids = [`chart-${kind}-title`, `chart-${kind}-text`];
  return h(
    'svg',
    { class: `chart ${kind}`, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': ids.join(' ') },
    h('title', { id: ids[0] }, title),
    h('desc', { id: ids[1] }, text),
    children,
  );
}

/**
 * From data to the box: the smallest value at the left and at the bottom.
 * @param {Point[]} points
 * @param {Frame} frame
 * @param {{low?: number, high?: number}} [least] what y must at least reach
 */
export function scale(points, frame, { low = Infinity, high = -Infinity } = {}) {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const ticks = niceTicks(Math.min(low, ...ys), Math.max(high, ...ys));
  const [y0, y1] = [ticks[0], ticks[ticks.length - 1]];
  return {
    ticks,
    x: (/** @type {number} */ x) => frame.left + ((x - x0) / (x1 - x0 || 1)) * (frame.right - frame.left),
    y: (/** @type {number} */ y) => frame.bottom - ((y - y0) / (y1 - y0 || 1)) * (frame.bottom - frame.top),
  };
}

/** Round numbers from at most `low` to at least `high`, about five. @param {number} low @param {number} high */
export function niceTicks(low, high) {
  const span = high - low || 1;
  const rough = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * rough).find((each) => span / each <= 5) ?? rough * 10;
  const ticks = [];
  for (let tick = Math.floor(low / step) * step; tick < high + step; tick += step)
    ticks.push(Number(tick.toPrecision(12)));
  return ticks.length > 2 && ticks[ticks.length - 2] >= high ? ticks.slice(0, -1) : ticks;
}

/** Lines across, with their values. @param {number[]} ticks @param {(y: number) => number} y @param {Frame} frame @param {(value: number) => string} [text] */
export function grid(ticks, y, frame, text = String) {
  return h(
    'g',
    { class: 'grid', 'aria-hidden': 'true' },
    ticks.map((tick) => [
      h('line', {
        key: `l${tick}`,
        class: tick === 0 ? 'is-zero' : null,
        x1: frame.left,
        x2: frame.right,
        y1: y(tick),
        y2: y(tick),
      }),
      h('text', { key: `t${tick}`, x: frame.left - 6, y: y(tick) + 4, 'text-anchor': 'end' }, text(tick)),
    ]),
  );
}

/** @param {Point[]} points in the box */
export function path(points) {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}
