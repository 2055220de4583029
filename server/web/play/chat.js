/** The messages of a room's chat that this page has received. */

/**
 * @typedef {{id: number, player_id: string, display_name: string, text: string, at: number}} Message
 * @typedef {Record<string, any> & {type: string}} Frame
 */

/** Nobody scrolls back further; older messages are on the server. */
const MOST_MESSAGES = 200;

export class Chat {
  /** @type {readonly Message[]} oldest first */
  messages = [];
  /** @type {ReadonlySet<string>} ids of players */
  muted = new Set();

  /** @param {Frame} frame */
  receive(frame) {
    switch (frame.type) {
      case 'chat_history':
        this.messages = frame.messages;
        this.muted = new Set(frame.muted);
        break;
      case 'chat':
        this.messages = [...this.messages, /** @type {any} */ (frame)].slice(-MOST_MESSAGES);
        break;
      case 'chat_deleted':
        this.messages = this.messages.filter((message) => message.id !== frame.id);
        break;
      case 'muted': {
        const muted = new Set(this.muted);
        if (frame.muted) muted.add(frame.player_id);
        else muted.delete(frame.player_id);
        this.muted = muted;
      }
    }
  }
}
