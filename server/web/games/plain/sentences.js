/** Events as sentences, as far as their names are words. */

import { tableSentence } from '../table/sentences.js';
import { line } from './words.js';

/** @type {import('../contract.js').Sentences['sentence']} */
export function sentence(event, before, after) {
  if (event.name === 'hidden') return '';
  return tableSentence(event, before, after) || line(after, event.name, event.data);
}

/** Which part of a state is a hand, only a client of the game's own knows. */
export function handInWords() {
  return '';
}
