/** The page of a game: `#/games/GAME`. One that is over is replayed; one that is not is watched in its room. */

import { loadClient, loadPlainClient } from '../../games/clients.js';
import { placeIn } from '../../games/replay/address.js';
import { UnknownRules } from '../../games/replay/log.js';
import { t } from '../../games/replay/strings.js';
import { strings } from '../../i18n/strings.js';
import { h, patch } from '../../kit/dom.js';
import { styles } from '../../kit/styles.js';
import { ApiError } from '../../net/api.js';
import { enter } from '../entrance.js';

/** @param {import('../../router.js').Visit} visit */
export async function open({ root, api, params, query, signal }) {
  const gameId = params.game;
  const say = (/** @type {string} */ text) => signal.aborted || patch(root, notice(text));
  await styles('/styles/table.css', '/play/styles/beside.css', '/styles/charts.css');
  say(t.loading);
  const visit = { root, api, gameId, place: placeIn(query), enter, signal };
  try {
    const { status, game } = await api.call('GET', `/api/games/${encodeURIComponent(gameId)}`);
    if (signal.aborted) return;
    if (status === 'created' || status === 'in_progress') enter({ game_id: gameId }, true);
    else if (status === 'aborted') say(t.aborted);
    else await replay(await loadClient(game), visit);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    say(error.status === 404 ? t.unknown : error.message);
  }
}

/** @param {import('../../games/contract.js').GameClient} client @param {import('../../games/contract.js').ReplayVisit} visit */
async function replay(client, visit) {
  try {
    await (await client.replay()).openReplay(visit);
  } catch (error) {
    if (!(error instanceof UnknownRules)) throw error;
    await (await (await loadPlainClient()).replay()).openReplay(visit);
  }
}

/** @param {string} text */
function notice(text) {
  return h(
    'main',
    { class: 'page' },
    h(
      'section',
      { class: 'panel' },
      h('h1', null, t.title),
      h('p', { role: 'status' }, text),
      h('div', { class: 'choices' }, h('a', { class: 'button', href: '/#/' }, strings.toHome)),
    ),
  );
}
