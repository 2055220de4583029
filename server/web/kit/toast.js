/** Short notes that go away by themselves. */

import { h, patch } from './dom.js';

const STAY_MS = 5_000;
const MOST = 3;

/** @type {{id: number, text: string, kind: string}[]} */
let toasts = [];
let nextId = 0;

/** @param {string} text @param {'note' | 'problem'} [kind] */
export function toast(text, kind = 'note') {
  const id = nextId++;
  toasts = [...toasts.filter((t) => t.text !== text), { id, text, kind }].slice(-MOST);
  draw();
  setTimeout(() => {
    toasts = toasts.filter((t) => t.id !== id);
    draw();
  }, STAY_MS);
}

function draw() {
  const root = document.getElementById('toasts');
  if (root)
    patch(
      root,
      toasts.map((t) => h('p', { key: String(t.id), class: `toast is-${t.kind}` }, t.text)),
    );
}
