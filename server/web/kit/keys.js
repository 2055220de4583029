/** Keys pressed on a page as a whole. */

/**
 * @param {string} elsewhere selector: in such an element keys are the element's own
 * @param {(event: KeyboardEvent) => unknown} press true: the browser shall do nothing else
 * @param {AbortSignal} signal ends it
 */
export function onKeys(elsewhere, press, signal) {
  document.addEventListener(
    'keydown',
    (event) => {
      const target = /** @type {Element} */ (event.target);
      if (event.ctrlKey || event.altKey || event.metaKey || target.closest(elsewhere)) return;
      if (press(event)) event.preventDefault();
    },
    { signal },
  );
}

/** Where keys write, choose or scroll. A dialog that was just closed may still have the focus. */
export const FIELDS = 'input, select, textarea, dialog[open], .scroll';
