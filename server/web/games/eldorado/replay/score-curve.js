/** The scores of everybody, round by round. */

import { score } from '../../../i18n/numbers.js';
import { h } from '../../../kit/dom.js';
import { colourOf } from '../../table/people.js';
import { chart, grid, path, scale } from '../../../kit/charts/chart.js';
import { t } from './strings.js';

const WIDTH = 320;
const HEIGHT = 150;
const FRAME = { left: 34, right: 312, top: 10, bottom: 128 };
const DASHES = ['', '6 3', '2 3', '9 3 2 3'];

/**
 * @param {import('../../table/fold.js').View} view of a finished game
 * @param {number} present so many rounds are over where somebody looks
 */
export function scoreCurve(view, present) {
  const { players, rounds } = view;
  const lines = players.map((player) => {
    let total = 0;
    const points = rounds.map((round, i) => ({
      x: i + 1,
      y: (total += round.deltas[player.player_id] ?? 0),
    }));
    return { player, points: [{ x: 0, y: 0 }, ...points] };
  });
  const { ticks, x, y } = scale(
    lines.flatMap((line) => line.points),
    FRAME,
  );
  const best = [...lines].sort((a, b) => b.points[rounds.length].y - a.points[rounds.length].y);
  const text = best.map(
    ({ player, points }) => `${player.display_name} ${score(points[rounds.length].y)}`,
  );
  return chart(
    { title: t.scores, text: t.scoresText(text.join(', ')), width: WIDTH, height: HEIGHT, kind: 'score-curve' },
    grid(ticks, y, FRAME, score),
    h('line', { key: 'present', class: 'present', x1: x(present), x2: x(present), y1: FRAME.top, y2: FRAME.bottom }),
    lines.map(({ player, points }, i) =>
      h(
        'path',
        {
          key: player.player_id,
          class: 'curve',
          d: path(points.map((point) => ({ x: x(point.x), y: y(point.y) }))),
          'stroke-dasharray': DASHES[i % DASHES.length] || null,
          vars: { '--player-color': colourOf(view, player) },
        },
        h('title', null, player.display_name),
      ),
    ),
    rounds.map((_, i) =>
      h('text', { key: `x${i}`, class: 'x', x: x(i + 1), y: HEIGHT - 8, 'text-anchor': 'middle' }, i + 1),
    ),
  );
}
