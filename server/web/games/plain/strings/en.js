/** Games that this page doesn't know by name: their rooms and replays. */

export default {
  yourMove: 'Your move',
  waiting: 'Nothing to choose at the moment.',
  more: (/** @type {number} */ count) => `${count} more moves are possible; another client can make them.`,
  state: 'What is on the table',
  feed: 'What has happened',
  players: 'Players',
  yes: 'yes',
  no: 'no',
  nothing: '–',
  event: (/** @type {number} */ index) => `Event ${index}`,
};
