/** What clicks and keys do at the table. */

import { delegate } from '../../kit/dom.js';
import { FIELDS, onKeys } from '../../kit/keys.js';
import { playableCards, whyNot } from './hand.js';
import { runKeyboard } from './keyboard.js';

/** @type {import('../contract.js').GameClient['run']} */
export function run(root, room, screen, { draw, toast }, signal) {
  const toggleLastTrick = () => {
    screen.own.showsLastTrick = !screen.own.showsLastTrick;
    draw();
    return true;
  };
  delegate(
    root,
    {
      'play-card': ({ card }) => {
        if (card && playableCards(room).has(card)) room.act('play_card', { card });
        else if (card && !room.pendingMove) toast(whyNot(room, card));
      },
      bid: ({ value }) => {
        if (!room.pendingMove) room.act('bid', { value: Number(value) });
      },
      'last-trick': toggleLastTrick,
    },
    signal,
  );
  root.addEventListener(
    'focusin',
    ({ target }) => {
      const cards = Array.from(root.querySelectorAll('.hand .card'));
      const place = cards.indexOf(/** @type {Element} */ (target));
      if (place < 0 || place === screen.own.focused) return;
      screen.own.focused = place;
      draw();
    },
    { signal },
  );
  runKeyboard(root, signal);
  const hasLastTrick = () => root.querySelector('[data-action="last-trick"]') !== null;
  onKeys(FIELDS, ({ key }) => key === 'l' && hasLastTrick() && toggleLastTrick(), signal);
}
