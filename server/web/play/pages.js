/** The pages of this wing, by their addresses. */

/** @type {import('../router.js').Route[]} */
export const pages = [
  ['rooms/:game', () => import('./pages/room.js')],
  ['join/:code', () => import('./pages/join.js')],
  ['new/:name', () => import('./pages/new-room.js')],
  ['games/:game', () => import('./pages/replay.js')],
  ['verify/:game', () => import('./pages/verify.js')],
  ['players/:player', () => import('./pages/profile.js')],
  ['leaderboards/:metric', () => import('./pages/leaderboards.js')],
  ['leaderboards', () => import('./pages/leaderboards.js')],
  ['', () => import('./pages/home.js')],
];
