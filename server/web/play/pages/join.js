/** An invitation: `#/join/CODE`. */

import { enter } from '../entrance.js';

/** @param {import('../../router.js').Visit} visit */
export async function open({ api, params, signal }) {
  const answer = await api.call('POST', '/api/join', { join_code: params.code.toUpperCase() });
  if (!signal.aborted) enter(answer, true);
}
