/** Any game without a client of its own: the server is asked for every view, and states are shown as they are. */

import { run, table } from './table.js';

export const sheets = ['/games/plain/styles/plain.css'];

/** @type {import('../contract.js').GameClient} */
export const client = {
  sheets,
  moves: { commands: [], events: [] },
  holdMs: {},
  refusals: {},
  progress: () => '',
  table,
  run,
  sentences: () => import('./sentences.js'),
  replay: () => import('./replay-page.js'),
};
