/** The list of public rooms, live. Reconnects by itself; while the connection is down the list has to be fetched. */

import { backoff } from './reconnect.js';

const SUBPROTOCOL = 'parlor.v1.json';
const HEARTBEAT_MS = 20_000;

/** @typedef {Record<string, any>} Item */

/**
 * @param {string} url
 * @param {(rooms: Item[] | null) => void} onRooms newest first; null: the connection is down
 * @param {AbortSignal} signal ends it
 */
export function followLobby(url, onRooms, signal) {
  /** @type {Map<string, Item>} */
  const rooms = new Map();
  /** @type {WebSocket | null} */
  let socket = null;
  let attempt = 0;
  let timer = 0;

  function open() {
    const line = new WebSocket(url, [SUBPROTOCOL]);
    socket = line;
    line.addEventListener('message', (message) => receive(JSON.parse(message.data)));
    line.addEventListener('close', () => {
      if (signal.aborted) return;
      onRooms(null);
      attempt += 1;
      timer = setTimeout(open, backoff(attempt));
    });
  }

  /** @param {Item} frame */
  function receive(frame) {
    switch (frame.type) {
      case 'lobby':
        attempt = 0;
        rooms.clear();
        for (const item of frame.items) rooms.set(item.game_id, item);
        break;
      case 'room':
        rooms.set(frame.item.game_id, frame.item);
        break;
      case 'room_gone':
        rooms.delete(frame.game_id);
        break;
      default:
        return;
    }
    // Ids ascend with the time of creation.
    onRooms(Array.from(rooms.values()).sort((a, b) => (a.game_id < b.game_id ? 1 : -1)));
  }

  open();
  const heartbeat = setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
  }, HEARTBEAT_MS);
  signal.addEventListener('abort', () => {
    clearInterval(heartbeat);
    clearTimeout(timer);
    socket?.close(1000);
  });
}
