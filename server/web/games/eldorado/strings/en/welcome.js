/** The start page as El Dorado fills it. */

export default {
  tagline: 'Ten rounds, one trump, a promise each round. Take exactly the tricks you bid.',
  rules: [
    'Each round, everybody bids how many tricks they will take.',
    'Follow the suit that was led if you can. The highest trump takes the trick, else the highest of the led suit.',
    'Trump can’t be led until somebody has trumped a trick.',
    'Bid made exactly: 5 points plus the bid. Missed: minus the same.',
  ],
  rounds: 'Rounds',
};
