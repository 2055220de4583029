/** What the keys do. */

export default {
  title: 'Keys',
  keys: [
    ['← →', 'choose a card or a bid'],
    ['0 … 9', 'choose a bid'],
    ['Enter', 'play the card, make the bid'],
    ['L', 'show the last trick'],
    ['S', 'scores and moves'],
    ['C', 'write in the chat'],
    ['Esc', 'close'],
    ['?', 'these keys'],
  ],
};
