/** Events in words, or as near to words as their names are. */

import { tableSentence } from '../table/sentences.js';
import { line } from './words.js';

/** @type {import('../contract.js').Sentences['sentence']} */
export function sentence(event, before, after) {
  if (event.name === 'hidden') return '';
  return tableSentence(event, before, after) || line(after, event.name, event.data);
}

/** A state without a client of its own does not say which part of it is a hand. */
export function handInWords() {
  return '';
}
