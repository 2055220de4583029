/** The page of a room: `#/rooms/GAME`. It connects while the rest of the page is still being loaded. */

import { loadTable } from '../../games/clients.js';
import { roomUrl } from '../entrance.js';
import { Room } from '../room.js';

/** @param {import('../../router.js').Visit} visit */
export async function open({ root, api, params, signal }) {
  const loading = import('../parts/room-page.js');
  await api.signIn();
  if (signal.aborted) return;
  const room = new Room({ gameId: params.game, url: roomUrl(params.game), api, load: loadTable });
  signal.addEventListener('abort', () => room.close());
  room.connect();
  const { runRoom } = await loading;
  if (!signal.aborted) await runRoom(root, api, room, signal);
}
