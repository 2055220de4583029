/** A new private room of any game: `#/new/NAME`. */

import { enter } from '../entrance.js';

/** @param {import('../../router.js').Visit} visit */
export async function open({ api, params, signal }) {
  const answer = await api.call('POST', '/api/rooms', { game: params.name, is_public: false });
  if (!signal.aborted) enter(answer, true);
}
