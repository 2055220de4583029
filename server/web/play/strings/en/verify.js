/** The page that checks a shuffle. */

export default {
  title: 'Was this game dealt fairly?',
  again: 'Check again',
  watch: 'Watch the game',
  noCheck: 'This page can’t check how games of this kind were shuffled.',
};
