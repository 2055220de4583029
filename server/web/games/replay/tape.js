/** Plays a recording: where it stands, whether it runs, how fast. A state is held as long as people need to see it. */

export const SPEEDS = [0.5, 1, 2, 4, 8, 16];
const SHORTEST_MS = 300;
/** Long thinking is cut short. */
const LONGEST_MS = 3_000;

export class Tape {
  index = 0;
  isPlaying = false;
  speed = 1;
  #timer = 0;
  #recording;
  #moves;
  #holdMs;
  #onChange;

  /**
   * @param {{head: number, events: import('../table/fold.js').RoomEvent[]}} recording `head`: index of the last event
   * @param {number[]} moves where it stops while it plays
   * @param {Readonly<Record<string, number>>} holdMs how long a state is held at least, in milliseconds at speed 1, by
   *   the name of the event that led to it
   * @param {(isStep: boolean) => void} onChange `isStep`: it has gone on by itself
   */
  constructor(recording, moves, holdMs, onChange) {
    this.#recording = recording;
    this.#moves = moves;
    this.#holdMs = holdMs;
    this.#onChange = onChange;
  }

  /** @param {number} index anything: the nearest that there is */
  seek(index) {
    this.index = Math.max(0, Math.min(this.#recording.head, Math.round(index) || 0));
    this.#again();
  }

  /** At the end it begins anew from `start`. @param {number} start */
  toggle(start) {
    this.isPlaying = !this.isPlaying;
    if (this.isPlaying && this.index === this.#recording.head) this.index = start;
    this.#again();
  }

  pause() {
    if (this.isPlaying) {
      this.isPlaying = false;
      this.#again();
    }
  }

  /** @param {number} speed one of SPEEDS */
  play(speed) {
    this.speed = speed;
    this.#again();
  }

  close() {
    clearTimeout(this.#timer);
  }

  #again() {
    this.#arm();
    this.#onChange(false);
  }

  #arm() {
    clearTimeout(this.#timer);
    const next = this.#moves.find((move) => move > this.index);
    if (next === undefined) this.isPlaying = false;
    if (!this.isPlaying || next === undefined) return;
    const { events } = this.#recording;
    const least = this.#holdMs[events[this.index].name] ?? SHORTEST_MS;
    const took = events[next].at - events[this.index].at;
    this.#timer = setTimeout(() => this.#step(next), Math.max(least, Math.min(took, LONGEST_MS)) / this.speed);
  }

  /** @param {number} next */
  #step(next) {
    this.index = next;
    this.#arm();
    this.#onChange(true);
  }
}
