/**
 * Commands that were sent and not yet settled. They live in sessionStorage, so a reload sends them again under the
 * same ids and the server answers with the same ack: a move is made once, however often it is sent.
 */

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {string} name
 * @property {Record<string, unknown>} args
 * @property {number} [committedAt] index of the command's last event, once it was acked
 */

export class Outbox {
  #storage;
  #key;
  /** @type {Command[]} */
  #commands;

  /**
   * @param {Storage} storage
   * @param {string} key
   */
  constructor(storage, key) {
    this.#storage = storage;
    this.#key = key;
    this.#commands = this.#load();
  }

  /** @returns {readonly Command[]} in the order of sending */
  get commands() {
    return this.#commands;
  }

  /** @returns {readonly Command[]} those that the server has not answered */
  get unanswered() {
    return this.#commands.filter((command) => command.committedAt === undefined);
  }

  /**
   * @param {string} name
   * @param {Record<string, unknown>} args
   * @returns {Command}
   */
  add(name, args) {
    const command = { id: randomId(), name, args };
    this.#commands = [...this.#commands, command];
    this.#save();
    return command;
  }

  /** @param {string} id @returns {Command | undefined} */
  find(id) {
    return this.#commands.find((command) => command.id === id);
  }

  /**
   * The command is in the log. It stays listed until its events have been applied, so that nothing flickers between.
   * @param {string} id
   * @param {number} lastIndex
   */
  commit(id, lastIndex) {
    this.#commands = this.#commands.map((c) => (c.id === id ? { ...c, committedAt: lastIndex } : c));
    this.#save();
  }

  /** @param {string} id */
  remove(id) {
    this.#commands = this.#commands.filter((command) => command.id !== id);
    this.#save();
  }

  /** Forget the committed commands whose events are applied. @param {number} index */
  settle(index) {
    const left = this.#commands.filter((c) => c.committedAt === undefined || c.committedAt > index);
    if (left.length !== this.#commands.length) {
      this.#commands = left;
      this.#save();
    }
  }

  #load() {
    try {
      const stored = JSON.parse(this.#storage.getItem(this.#key) ?? '[]');
      return Array.isArray(stored) ? stored : [];
    } catch {
      return [];
    }
  }

  #save() {
    const kept = this.#commands;
    if (kept.length === 0) this.#storage.removeItem(this.#key);
    else this.#storage.setItem(this.#key, JSON.stringify(kept));
  }
}

/** 32 hex digits. `crypto.randomUUID` would need a secure context, which a LAN address is not. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
