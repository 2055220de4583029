/** What there is to know of a player: figures, ratings, scores, games. */

import { bars } from '../../../kit/charts/bars.js';
import { ratingCurve } from '../../../kit/charts/rating-curve.js';
import { language } from '../../../i18n/strings.js';
import { strings } from '../../../games/table/strings.js';
import { avatar } from '../../../kit/avatar.js';
import { topBar } from '../../../kit/bar.js';
import { h } from '../../../kit/dom.js';
import { gameName } from '../../../games/titles.js';
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
  return h(
    'section',
    { key: 'ratings', class: 'panel', 'aria-labelledby': 'ratings-title' },
    h('h2', { id: 'ratings-title' }, t.ratings),
    curves.length === 0 && h('p', { class: 'quiet' }, t.noRating),
    curves.map(({ rating, moves }) =>
      h(
        'section',
        { key: `${rating.game}.${rating.pool}`, class: 'rating' },
        h(
          'p',
          null,
          h('b', { class: 'rating-value' }, t.ratingOf(rating.rating, rating.deviation)),
          ` ${gameName(rating.game)}, ${t.pool[rating.pool]} `,
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
    t.scoreBin(strings.table.score(from), strings.table.score(to));
  return (
    bins.length > 0 &&
    h(
      'section',
      { key: 'scores', class: 'panel', 'aria-labelledby': 'scores-title' },
      h('h2', { id: 'scores-title' }, t.distribution),
      bars(bins, label),
      numbers(
        [t.score, t.games],
        bins.map((bin) => [label(bin), bin.count]),
      ),
    )
  );
}

/** @param {Profile} profile */
function history({ games, next }) {
  return h(
    'section',
    { key: 'history', class: 'panel', 'aria-labelledby': 'history-title' },
    h('h2', { id: 'history-title' }, t.history),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': 'history-title' },
      h(
        'table',
        { class: 'numbers-table games' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            [t.when, t.game, t.rank, t.score, t.change, ''].map((text) => h('th', { scope: 'col' }, text)),
          ),
        ),
        h('tbody', null, games.map(playedGame)),
      ),
    ),
    next !== null && h('button', { type: 'button', 'data-action': 'more' }, t.more),
  );
}

/** @param {Json} game */
function playedGame(game) {
  const when = day(game.completed_at);
  const players = Array.isArray(game.players) ? game.players.length : game.players;
  return h(
    'tr',
    { key: game.game_id, class: game.is_winner ? 'is-won' : null },
    h('th', { scope: 'row' }, h('time', { datetime: game.completed_at }, when)),
    h('td', null, gameName(game.game)),
    h('td', null, game.rank ? t.rankOf(game.rank, players) : game.is_winner ? t.wonMark : '–'),
    h('td', null, strings.table.score(game.score)),
    h('td', null, typeof game.rating_change === 'number' ? strings.table.delta(Math.round(game.rating_change)) : '–'),
    h('td', null, h('a', { href: `#/games/${game.game_id}`, 'aria-label': t.watchOf(when) }, t.watch)),
  );
}

/** The same as a table, for those who can't see the drawing, or want to copy it. @param {string[]} head @param {(string | number)[][]} rows */
function numbers(head, rows) {
  return h(
    'details',
    null,
    h('summary', null, t.numbers),
    h(
      'table',
      { class: 'numbers-table' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          head.map((text) => h('th', { scope: 'col' }, text)),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map((row, i) =>
          h(
            'tr',
            { key: String(i) },
            row.map((cell) => h('td', null, cell)),
          ),
        ),
      ),
    ),
  );
}

/** @param {string} time as the server writes it */
function day(time) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}
