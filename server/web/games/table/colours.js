/** The colours of the players at one table: each player's own, unless it is too much like another's. Pure. */

/** Ten colours that colour-blind people can tell apart (after Paul Tol), ordered so that neighbours differ most. */
const PALETTE = [
  '#332288', '#ddaa33', '#117733', '#cc6677', '#66a5d9', '#882255', '#44aa99', '#999933', '#aa4499', '#7f7f7f',
];
/** Least distance of two colours, in OKLab. */
const DISTINCT = 0.09;

/** @typedef {{player_id: string, seat: number, color: string, is_bot: boolean}} Player */

/** @type {WeakMap<readonly Player[], Map<string, string>>} */
const known = new WeakMap();

/**
 * @param {readonly Player[]} players of one table, in the order of their seats
 * @returns {Map<string, string>} by player: the player's own colour if no earlier player has one like it, else one by seat.
 *   Bots come last, because they all have the same colour
 */
export function coloursOf(players) {
  const before = known.get(players);
  if (before) return before;
  /** @type {Map<string, string>} */
  const colours = new Map();
  const isFree = (/** @type {string} */ colour) =>
    [...colours.values()].every((other) => distance(colour, other) >= DISTINCT);
  for (const player of [...players].sort((a, b) => Number(a.is_bot) - Number(b.is_bot))) {
    const { seat } = player;
    const bySeat = PALETTE.map((_, i) => PALETTE[(seat + i) % PALETTE.length]);
    const wanted = player.is_bot ? bySeat : [player.color, ...bySeat];
    colours.set(player.player_id, wanted.find(isFree) ?? player.color);
  }
  known.set(players, colours);
  return colours;
}

/** @param {string} a @param {string} b as `#rrggbb` */
function distance(a, b) {
  const [p, q] = [oklab(a), oklab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** Where distances are as people see them (Björn Ottosson). @param {string} colour @returns {number[]} L, a, b */
function oklab(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {number} share of full brightness as the screen counts it, 0..1 */
function linear(share) {
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
