/** Die Seite des Betreibers. */

/** @type {typeof import('../en/admin.js').default} */
export default {};
