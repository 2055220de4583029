/** The game that this page has a table and a replay for; it plays every other one too, with plain ones. */

export const OWN_GAME = 'eldorado';
