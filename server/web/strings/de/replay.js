/** Die Wiedergabe eines Spiels. */

/** @type {typeof import('../en/replay.js').default} */
export default {};
