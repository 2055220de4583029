/** El Dorado, as the browser client knows it; see ../contract.js. */

import { progress } from './facts.js';
import { fold } from './fold.js';
import { run } from './input.js';
import { t } from './strings.js';
import { prepare, table } from './table.js';

export const sheets = ['/games/eldorado/styles/table.css'];

/** @type {import('../contract.js').GameClient} */
export const client = {
  sheets,
  fold,
  moves: { commands: ['bid', 'play_card'], events: ['player_bid', 'card_played'] },
  holdMs: { player_bid: 150, card_played: 250, trick_completed: 1000, round_scored: 500 },
  refusals: t.refusals,
  progress,
  table,
  run,
  onShown: ({ name }, screen) => {
    if (name === 'card_played') screen.own.showsLastTrick = false;
  },
  prepare,
  sentences: () => import('./sentences.js'),
  replay: () => import('./replay/page.js'),
  settings: async () => (await import('./settings.js')).settingsOf(t.rounds),
  result: async () => ({ details: (await import('./scores.js')).scoreTable }),
  fairness: () => import('./verification.js'),
  help: async () => (await import('./help.js')).help,
};
