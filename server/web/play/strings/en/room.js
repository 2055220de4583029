/** A room of any game. */

export default {
  help: 'Keys',
  leave: 'Leave the game',
  leaveQuestion: 'Leave this game?',
  leaveHint: 'Your seat stays yours, the bots and players go on without you.',
  stay: 'Stay',
  refusals: {
    not_your_turn: 'It is not your turn.',
    invalid_phase: 'Not possible at this point of the game.',
    not_host: 'Only the host may do that.',
    not_ready: 'Not everybody is ready.',
    room_full: 'The room is full.',
    rate_limited: 'Too fast. Try again in a moment.',
    unavailable: 'Not possible at the moment. Try again soon.',
  },
};
