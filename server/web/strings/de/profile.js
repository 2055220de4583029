/** Die Seite eines Spielers. */

/** @type {typeof import('../en/profile.js').default} */
export default {};
