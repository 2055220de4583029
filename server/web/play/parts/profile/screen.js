/** The page of a player: figures, ratings, scores, games. */

import { bars } from '../../../kit/charts/bars.js';
import { ratingCurve } from './rating-curve.js';
import { language } from '../../../i18n/strings.js';
import { delta, score } from '../../../i18n/numbers.js';
import { avatar } from '../../../kit/avatar.js';
import { topBar } from '../../../kit/bar.js';
import { h } from '../../../kit/dom.js';
import { panel } from '../../../kit/panel.js';
import { row, rowHead, scrolling, table } from '../../../kit/table.js';
import { titleOf } from '../../../games/clients.js';
import { byGame } from './by-game.js';
import { figures } from './figures.js';
import { t } from '../../strings/profile.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {{game: string, pool: 'people' | 'bots', rating: number, deviation: number, provisional: boolean, games: number}} Rating
 * @typedef {object} Profile
 * @property {Json} player
 * @property {Json} stats
 * @property {{rating: Rating, moves: {rating: number, deviation: number, completed_at: string}[]}[]} curves
 * @property {{from: number, to: number, count: number}[]} bins
 * @property {Json[]} games
 * @property {string | null} next where the list of games goes on
 */

/** @param {Profile} profile */
export function profileScreen(profile) {
  const { player, stats } = profile;
  const isNew = stats.games_played === 0 && profile.games.length === 0;
  return [
    topBar(h('span', { class: 'progress' })),
    h(
      'main',
      { key: 'profile', class: 'profile' },
      h(
        'header',
        { class: 'profile-head' },
        avatar(/** @type {any} */ (player)),
        h('h1', null, player.display_name, player.is_bot && h('small', { class: 'tag' }, t.bot)),
        h('a', { class: 'button is-quiet', href: '#/leaderboards' }, t.leaderboards),
      ),
      player.is_bot && h('p', { class: 'quiet' }, t.botHint),
      isNew
        ? h('section', { class: 'panel' }, h('p', null, t.newcomer))
        : [figures(stats), byGame(stats), ratings(profile), distribution(profile.bins), history(profile)],
    ),
  ];
}

/** @param {Profile} profile */
function ratings({ curves }) {
  return panel(
    'ratings',
    t.ratings,
    curves.length === 0 && h('p', { class: 'quiet' }, t.noRating),
    curves.map(({ rating, moves }) =>
      h(
        'section',
        { key: `${rating.game}.${rating.pool}`, class: 'rating' },
        h(
          'p',
          null,
          h('b', { class: 'rating-value' }, t.ratingOf(rating.rating, rating.deviation)),
          ` ${titleOf(rating.game)}, ${t.pool[rating.pool]} `,
          rating.provisional && h('small', { title: t.provisionalHint }, `(${t.provisional})`),
        ),
        moves.length > 1 && ratingCurve(moves),
        moves.length > 1 &&
          numbers(
            [t.when, t.ratings],
            [...moves].reverse().map((move) => [day(move.completed_at), t.ratingOf(move.rating, move.deviation)]),
          ),
      ),
    ),
  );
}

/** @param {Profile['bins']} bins */
function distribution(bins) {
  const label = (/** @type {{from: number, to: number}} */ { from, to }) =>
    t.scoreBin(score(from), score(to));
  return (
    bins.length > 0 &&
    panel(
      'scores',
      t.distribution,
      bars(bins, label, t.charts.distribution, t.charts.distributionText),
      numbers(
        [t.score, t.games],
        bins.map((bin) => [label(bin), bin.count]),
      ),
    )
  );
}

/** @param {Profile} profile */
function history({ games, next }) {
  return panel(
    'history',
    t.history,
    scrolling(
      'history-title',
      table({
        class: 'numbers-table games',
        head: [t.when, t.game, t.rank, t.score, t.change, ''],
        rows: games.map(playedGame),
      }),
    ),
    next !== null && h('button', { type: 'button', 'data-action': 'more' }, t.more),
  );
}

/** @param {Json} game */
function playedGame(game) {
  const when = day(game.completed_at);
  const players = Array.isArray(game.players) ? game.players.length : game.players;
  return row(
    game.game_id,
    [
      rowHead(h('time', { datetime: game.completed_at }, when)),
      titleOf(game.game),
      game.rank ? t.rankOf(game.rank, players) : game.is_winner ? t.wonMark : '–',
      score(game.score),
      typeof game.rating_change === 'number' ? delta(Math.round(game.rating_change)) : '–',
      h('a', { href: `#/games/${game.game_id}`, 'aria-label': t.watchOf(when) }, t.watch),
    ],
    game.is_winner ? 'is-won' : null,
  );
}

/** The same as a table, for those who can't see the drawing, or want to copy it. @param {string[]} head @param {(string | number)[][]} rows */
function numbers(head, rows) {
  return h(
    'details',
    null,
    h('summary', null, t.numbers),
    table({ class: 'numbers-table', head, rows: rows.map((cells, i) => row(String(i), cells)) }),
  );
}

/** @param {string} time as the server writes it */
function day(time) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}
