/** The operator's page: how the server is, its rooms, one of them, and what was done. */

import { sparkline } from '../../kit/charts/sparkline.js';
import { language } from '../../i18n/strings.js';
import { h } from '../../kit/dom.js';
import { panel } from '../../kit/panel.js';
import { row, scrolling, table } from '../../kit/table.js';
import { roomPanel } from './room-panel.js';
import { t } from '../strings.js';

/**
 * @typedef {Record<string, any>} Json
 * @typedef {object} Desk
 * @property {Json | null} overview
 * @property {Json[]} past overviews, oldest first
 * @property {{items: Json[], total: number, next_cursor: string | null} | null} rooms
 * @property {string} stage filter
 * @property {string} search filter
 * @property {string | null} chosen the room that is looked into
 * @property {Json | null} room
 * @property {(view: any) => string} handInWords what a player of the chosen room holds
 * @property {{items: Json[], next: number | null} | null} actions
 * @property {string} problem why what is shown is old
 * @property {{action: string, player_id?: string, name?: string} | null} asked what waits to be confirmed
 */

const STAGES = ['', 'lobby', 'playing', 'paused', 'completed', 'aborted'];

/** @param {string} problem */
export function doorScreen(problem) {
  return h(
    'main',
    { key: 'door', class: 'page' },
    h(
      'form',
      { class: 'panel', 'data-action': 'enter' },
      h('h1', null, t.title),
      h(
        'label',
        null,
        h('span', null, t.token),
        h('input', { type: 'password', name: 'token', autocomplete: 'off', required: true, minlength: 32 }),
      ),
      h('p', { class: 'quiet' }, t.tokenHint),
      problem && h('p', { class: 'problem', role: 'alert' }, problem),
      h('button', { class: 'is-primary' }, t.enter),
    ),
  );
}

/** @param {Desk} desk */
export function deskScreen(desk) {
  return h(
    'div',
    { key: 'desk', class: 'desk' },
    h(
      'header',
      { class: 'bar' },
      h('a', { class: 'logo', href: '/' }, 'Parlor'),
      h('h1', { class: 'progress' }, t.title),
      h(
        'p',
        { class: `line ${desk.problem ? '' : 'is-connected'}`, role: 'status' },
        h('i', { class: 'dot', 'aria-hidden': 'true' }),
        h('span', null, desk.problem || t.live),
      ),
      h('button', { type: 'button', class: 'is-quiet', 'data-action': 'leave' }, t.leave),
    ),
    h(
      'main',
      { class: 'desk-main' },
      overview(desk),
      rooms(desk),
      desk.room && roomPanel(desk),
      actions(desk),
      confirmation(desk),
    ),
  );
}

/** @param {Desk} desk */
function overview({ overview: now, past }) {
  if (!now) return h('section', { class: 'panel' }, h('p', { class: 'quiet' }, t.loading));
  const { connections, commit_s, loop_lag_s } = now;
  const course = (/** @type {(overview: Json) => number | null} */ of) => past.map(of);
  /** @type {[name: string, value: string, values: (number | null)[] | null, more?: string][]} */
  const cells = [
    [t.rooms, number(now.rooms), course((o) => o.rooms)],
    [t.connections, number(connections.all), course((o) => o.connections.all), t.kinds(connections)],
    [
      t.eventsPerS,
      number(now.recent_events_per_s ?? now.events_per_s),
      course((o) => o.recent_events_per_s ?? o.events_per_s),
      t.inAll(number(now.events_total)),
    ],
    [t.commits, millis(commit_s.p50), course((o) => o.commit_s.p99), t.p99(millis(commit_s.p99))],
    [t.lag, millis(loop_lag_s.p50), course((o) => o.loop_lag_s.p99), t.p99(millis(loop_lag_s.p99))],
    [t.memory, `${number(Math.round(now.memory_bytes / 2 ** 20))} MiB`, course((o) => o.memory_bytes)],
    [t.pending, number(now.pending_events), course((o) => o.pending_events)],
    [
      t.database,
      t.health[/** @type {keyof typeof t.health} */ (now.database)] ?? now.database,
      null,
      t.about(now.version, duration(now.uptime_s), now.status),
    ],
  ];
  return h(
    'section',
    { key: 'overview', class: 'panel', 'aria-label': t.overview },
    h(
      'dl',
      { class: 'cells' },
      cells.map(([name, value, values, more]) =>
        h(
          'div',
          { key: name, class: 'cell' },
          h('dt', null, name),
          h('dd', null, value),
          more && h('dd', { class: 'quiet' }, more),
          values && sparkline(values),
        ),
      ),
    ),
  );
}

/** @param {Desk} desk */
function rooms({ rooms: list, stage, search, chosen }) {
  return panel(
    'rooms',
    t.roomsOf(list?.total ?? 0),
    h(
      'form',
      { class: 'line-of-fields', 'data-action': 'filter' },
      h(
        'label',
        null,
        h('span', { class: 'visually-hidden' }, t.search),
        h('input', { type: 'search', name: 'search', maxlength: 64, placeholder: t.search, value: search }),
      ),
      h(
        'label',
        null,
        h('span', { class: 'visually-hidden' }, t.stage),
        h(
          'select',
          { name: 'stage' },
          STAGES.map((each) => h('option', { key: each, value: each, selected: each === stage }, stageName(each))),
        ),
      ),
      h('button', null, t.filter),
    ),
    list && list.items.length === 0 && h('p', { class: 'quiet' }, t.noRooms),
    list &&
      list.items.length > 0 &&
      scrolling(
        'rooms-title',
        table({
          class: 'numbers-table',
          head: [t.code, t.game, t.stage, t.players, t.spectators, t.events],
          rows: list.items.map((room) => roomRow(room, chosen)),
        }),
      ),
    list?.next_cursor && h('button', { type: 'button', 'data-action': 'more-rooms' }, t.more),
  );
}

/** @param {Json} room @param {string | null} chosen */
function roomRow(room, chosen) {
  const people = room.players
    .filter((/** @type {Json} */ p) => p.seat !== null)
    .map((/** @type {Json} */ p) => p.display_name);
  return row(
    room.game_id,
    [
      h(
        'button',
        {
          type: 'button',
          class: 'jump',
          'data-action': 'look',
          'data-game': room.game_id,
          'aria-label': t.lookInto(room.join_code),
        },
        room.join_code,
      ),
      [room.game, !room.is_public && h('small', null, ` ${t.isPrivate}`)],
      [
        stageName(room.stage),
        room.paused &&
          h('b', { class: 'paused' }, ` ${t.pausedBy[/** @type {keyof typeof t.pausedBy} */ (room.paused)]}`),
      ],
      h('td', { class: 'names', title: people.join(', ') }, people.join(', ') || '–'),
      room.spectators,
      room.head + 1,
    ],
    room.game_id === chosen ? 'is-chosen' : null,
  );
}

/** @param {Desk} desk */
function actions({ actions: list }) {
  return panel(
    'actions',
    t.actions,
    !list?.items.length && h('p', { class: 'quiet' }, t.noActions),
    list &&
      list.items.length > 0 &&
      scrolling(
        'actions-title',
        table({
          class: 'numbers-table',
          head: [t.when, t.what, t.room, t.reason, t.address],
          rows: list.items.map(actionRow),
        }),
      ),
  );
}

/** @param {Json} done */
function actionRow(done) {
  return row(String(done.id), [
    new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' }).format(new Date(done.at)),
    t.did[/** @type {keyof typeof t.did} */ (done.action)] ?? done.action,
    h(
      'button',
      { type: 'button', class: 'jump', 'data-action': 'look', 'data-game': done.game_id },
      done.game_id.slice(-8),
    ),
    h('td', { class: 'reason' }, done.reason),
    done.address,
  ]);
}

/** @param {Desk} desk */
function confirmation({ asked, room }) {
  const isMessage = asked?.action === 'message';
  const question = asked && t.ask[/** @type {keyof typeof t.ask} */ (asked.action)];
  return h(
    'dialog',
    { key: 'ask', class: 'sheet ask-dialog', 'aria-labelledby': 'ask-title' },
    asked &&
      h(
        'form',
        { key: `${asked.action}.${asked.player_id ?? ''}`, class: 'ask', 'data-action': 'confirm' },
        h('h2', { id: 'ask-title' }, question?.(room?.join_code ?? '', asked.name ?? '')),
        h(
          'label',
          null,
          h('span', null, isMessage ? t.text : t.reason),
          h('input', { name: 'words', required: true, maxlength: 200, autocomplete: 'off' }),
        ),
        h('p', { class: 'quiet' }, t.recorded),
        h(
          'div',
          { class: 'choices' },
          h('button', { class: 'is-primary' }, t.names[/** @type {keyof typeof t.names} */ (asked.action)]),
          h('button', { type: 'button', 'data-action': 'cancel' }, t.cancel),
        ),
      ),
  );
}

/** @param {string} stage */
function stageName(stage) {
  return t.stages[/** @type {keyof typeof t.stages} */ (stage || 'all')] ?? stage;
}

/** @param {number} value */
function number(value) {
  return new Intl.NumberFormat(language).format(value);
}

/** @param {number | null} seconds */
function millis(seconds) {
  return seconds === null
    ? '–'
    : `${new Intl.NumberFormat(language, { maximumSignificantDigits: 2 }).format(seconds * 1000)} ms`;
}

/** @param {number} seconds */
function duration(seconds) {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
