/** The replay of a finished game. */

export default {
  title: 'Replay',
  loading: 'Fetching the game…',
  unknown: 'There is no such game here, or it is private and not over yet.',
  aborted: 'This game was ended early. There is nothing to watch again.',
  controls: 'Replay',
  position: 'Position',
  events: (/** @type {number} */ head) => `Events 0 to ${head}.`,
  play: 'Play',
  pause: 'Pause',
  space: 'Space',
  moveBack: 'Back one move',
  moveOn: 'On one move',
  speed: 'Speed',
  times: (/** @type {number} */ speed) => `${speed}×`,
  copyLink: 'Copy link',
  copied: 'Link to this move copied.',
  copyFailed: 'Copying is not allowed here. The address of this page is the link.',
};
