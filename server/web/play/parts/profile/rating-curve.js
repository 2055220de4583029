/** A rating after each game, with the band in which it may well lie. */

import { h } from '../../../kit/dom.js';
import { chart, grid, path, scale } from '../../../kit/charts/chart.js';
import { t } from '../../strings/profile.js';

const WIDTH = 640;
const HEIGHT = 200;
const FRAME = { left: 46, right: 630, top: 10, bottom: 186 };

/** @param {{rating: number, deviation: number}[]} moves oldest first, at least two */
export function ratingCurve(moves) {
  const low = moves.map(({ rating, deviation }, x) => ({ x, y: rating - deviation }));
  const high = moves.map(({ rating, deviation }, x) => ({ x, y: rating + deviation }));
  const middle = moves.map(({ rating }, x) => ({ x, y: rating }));
  const { ticks, x, y } = scale([...low, ...high], FRAME);
  const place = (/** @type {import('../../../kit/charts/chart.js').Point} */ point) => ({ x: x(point.x), y: y(point.y) });
  const ratings = moves.map(({ rating }) => rating);
  const last = middle[middle.length - 1];
  const text = t.charts.ratingText(moves.length, ratings[0], last.y, Math.min(...ratings), Math.max(...ratings));
  return chart(
    { title: t.charts.rating, text, width: WIDTH, height: HEIGHT, kind: 'rating-curve' },
    grid(ticks, y, FRAME),
    h('path', { key: 'band', class: 'band', d: `${path([...high, ...low.reverse()].map(place))}Z` }),
    h('path', { key: 'curve', class: 'curve', d: path(middle.map(place)) }),
    h('circle', { key: 'now', class: 'dot', cx: x(last.x), cy: y(last.y), r: 4 }),
  );
}
