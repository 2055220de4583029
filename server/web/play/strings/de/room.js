/** Ein Raum irgendeines Spiels. */

/** @type {typeof import('../en/room.js').default} */
export default {
  help: 'Tasten',
  leave: 'Spiel verlassen',
  leaveQuestion: 'Dieses Spiel verlassen?',
  leaveHint: 'Dein Platz bleibt deiner, die anderen spielen ohne dich weiter.',
  stay: 'Bleiben',
  refusals: {
    not_your_turn: 'Du bist nicht dran.',
    invalid_phase: 'Das geht an dieser Stelle des Spiels nicht.',
    not_host: 'Das darf nur der Gastgeber.',
    not_ready: 'Noch sind nicht alle bereit.',
    room_full: 'Der Raum ist voll.',
    rate_limited: 'Zu schnell. Versuch es gleich noch einmal.',
    unavailable: 'Das geht gerade nicht. Versuch es bald noch einmal.',
  },
};
