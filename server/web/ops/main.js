/** The operator's page: asks for the token once per tab, then looks at the server every second. */

import { delegate, patch } from '../kit/dom.js';
import { toast } from '../kit/toast.js';
import { ApiError } from '../net/api.js';
import { loadClient } from '../games/clients.js';
import { OperatorApi } from './operator-api.js';
import { deskScreen, doorScreen } from './parts/screen.js';
import { t } from './strings.js';

const PERIOD_MS = 1_000;
const OVERVIEWS_KEPT = 60;
const ROOMS_PAGE = 25;
const ACTIONS_PAGE = 20;

const api = new OperatorApi();
const root = /** @type {Element} */ (document.getElementById('app'));

/** @type {import('./parts/screen.js').Desk} */
const desk = {
  overview: null,
  past: [],
  rooms: null,
  stage: '',
  search: '',
  chosen: null,
  room: null,
  handInWords: () => '',
  actions: null,
  problem: '',
  asked: null,
};
let shownRooms = ROOMS_PAGE;
let refused = '';
let timer = 0;

delegate(
  document.body,
  {
    enter: (_, form) => {
      api.enter(String(new FormData(/** @type {HTMLFormElement} */ (form)).get('token')).trim());
      refused = '';
      void look();
    },
    leave: () => close(''),
    filter: (_, form) => {
      const data = new FormData(/** @type {HTMLFormElement} */ (form));
      Object.assign(desk, { stage: String(data.get('stage')), search: String(data.get('search')).trim() });
      shownRooms = ROOMS_PAGE;
      void look();
    },
    'more-rooms': () => {
      shownRooms = Math.min(100, shownRooms + ROOMS_PAGE);
      void look();
    },
    look: ({ game }) => {
      desk.chosen = game ?? null;
      desk.room = null;
      void look();
    },
    'look-away': () => {
      desk.chosen = desk.room = null;
      draw();
    },
    reveal: () => void reveal(),
    ask: ({ what, player, name }) => {
      desk.asked = { action: what ?? '', player_id: player, name };
      draw();
      dialog()?.showModal();
    },
    cancel: () => dialog()?.close(),
    confirm: (_, form) => void confirm(/** @type {HTMLFormElement} */ (form)),
  },
  new AbortController().signal,
);
if (api.hasToken) void look();
else draw();

function draw() {
  patch(root, api.hasToken ? deskScreen(desk) : doorScreen(refused));
}

/** @returns {HTMLDialogElement | null} */
function dialog() {
  return root.querySelector('dialog.ask-dialog');
}

/** Refresh everything, and again after a while. */
async function look() {
  clearTimeout(timer);
  try {
    if (!document.hidden) await fetchAll();
    desk.problem = '';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return close(t.wrongToken);
    desk.problem = error.status === 429 ? t.tooFast : error.status === 503 ? t.noDatabase : t.unreachable;
  }
  draw();
  if (api.hasToken) timer = setTimeout(look, PERIOD_MS);
}

async function fetchAll() {
  const filter = new URLSearchParams({ limit: String(shownRooms) });
  if (desk.stage) filter.set('stage', desk.stage);
  if (desk.search) filter.set('search', desk.search);
  const [overview, rooms] = await Promise.all([api.get('/overview'), api.get(`/rooms?${filter}`)]);
  const last = desk.past[desk.past.length - 1];
  const span_ms = last ? overview.server_time - last.server_time : 0;
  if (span_ms > 0)
    overview.recent_events_per_s = Math.round(((overview.events_total - last.events_total) * 1000) / span_ms);
  desk.past = [...desk.past, overview].slice(-OVERVIEWS_KEPT);
  Object.assign(desk, { overview, rooms });
  if (desk.chosen) await lookInto(desk.chosen);
  desk.actions ??= await api.get(`/actions?limit=${ACTIONS_PAGE}`);
}

/** What was revealed stays in sight until the room is left; nothing is revealed anew. @param {string} gameId */
async function lookInto(gameId) {
  try {
    const room = await api.get(`/rooms/${gameId}`);
    if (desk.chosen === gameId) desk.room = { ...room, revealed: desk.room?.revealed ?? null };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    desk.chosen = desk.room = null;
    toast(t.roomGone);
  }
}

async function reveal() {
  await act(async () => {
    const room = await api.get(`/rooms/${desk.chosen}?reveal=true`);
    desk.handInWords = (await (await loadClient(room.game)).sentences()).handInWords;
    desk.room = room;
  });
}

/** @param {HTMLFormElement} form */
async function confirm(form) {
  const words = String(new FormData(form).get('words')).trim();
  const { asked, chosen } = desk;
  if (!asked || !chosen || !words) return;
  dialog()?.close();
  desk.asked = null;
  const { action, player_id } = asked;
  const body = action === 'message' ? { text: words } : { reason: words, ...(player_id && { player_id }) };
  await act(async () => {
    await api.post(`/rooms/${chosen}/${action}`, body);
    toast(t.done);
  });
}

/** @param {() => Promise<void>} what */
async function act(what) {
  try {
    await what();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.status === 0 ? t.unreachable : error.message, 'problem');
  }
  desk.actions = null;
  await look();
}

/** Back to the door. @param {string} why */
function close(why) {
  clearTimeout(timer);
  api.leave();
  refused = why;
  Object.assign(desk, { overview: null, past: [], rooms: null, chosen: null, room: null, actions: null, asked: null });
  draw();
}
