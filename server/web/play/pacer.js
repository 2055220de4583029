/**
 * Shows a burst of events one after the other. Bots decide in milliseconds; people need to see what was played. The
 * true state never waits for this: a click shows everything that is waiting and acts on it.
 */

/** More events than this are a backlog after an absence: then only the end is of interest. */
const LONGEST_QUEUE = 60;

/**
 * @typedef {import('../games/table/fold.js').View} View
 * @typedef {import('../games/table/fold.js').RoomEvent} RoomEvent
 * @typedef {{event: RoomEvent, view: View}} Step
 */

export class Pacer {
  /** @type {Step[]} */
  #queue = [];
  #timer = 0;
  #show;
  #holdMs;
  #skips;

  /**
   * @param {(step: Step) => void} show
   * @param {(name: string) => number} holdMs how long a view stays before the next one, by the event that led to it
   * @param {() => boolean} skips true: nobody watches, or the viewer wants no motion
   */
  constructor(show, holdMs, skips) {
    this.#show = show;
    this.#holdMs = holdMs;
    this.#skips = skips;
  }

  /** @param {Step} step */
  push(step) {
    this.#queue.push(step);
    if (this.#skips() || this.#queue.length > LONGEST_QUEUE) this.flush();
    else if (this.#timer === 0) this.#next();
  }

  /** Show all that is waiting, now. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    for (const step of this.#queue.splice(0)) this.#show(step);
  }

  /** Forget all that is waiting: the view was replaced as a whole. */
  clear() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#queue = [];
  }

  #next() {
    this.#timer = 0;
    while (this.#timer === 0) {
      const step = this.#queue.shift();
      if (step === undefined) return;
      this.#show(step);
      const hold = this.#holdMs(step.event.name);
      if (hold > 0) this.#timer = setTimeout(() => this.#next(), hold);
    }
  }
}
