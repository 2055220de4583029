/** What screen readers are told. */

const LINES_KEPT = 5;

/** @param {string} text */
export function announce(text) {
  const region = document.getElementById('announcer');
  if (!region || !text) return;
  const line = document.createElement('p');
  line.textContent = text;
  region.append(line);
  while (region.childElementCount > LINES_KEPT) region.firstElementChild?.remove();
}
