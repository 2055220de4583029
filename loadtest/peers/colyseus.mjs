// The peer: Colyseus rooms that tell all what one says. `node colyseus.mjs PORT DATABASE_URL`.
// Three kinds of room: `none` keeps nothing; `insert` writes each action before it is told, as most people would do it
// first; `queue` writes all that waits with one INSERT and tells it then, as careful people would.
import { Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import pg from 'pg';

const [port, url] = process.argv.slice(2);
const BATCH = 512;
const pool = new pg.Pool({ connectionString: url, max: 10 });

await pool.query(`create schema if not exists peers`);
await pool.query(`create table if not exists peers.actions (
  room text, index int, player text, data jsonb not null, at timestamptz not null default now(),
  primary key (room, index))`);

const INSERT = { name: 'insert', text: 'insert into peers.actions (room, index, player, data) values ($1, $2, $3, $4)' };
const INSERT_MANY = {
  name: 'insert-many',
  text: `insert into peers.actions (room, index, player, data)
    select * from unnest($1::text[], $2::int[], $3::text[], $4::jsonb[])`,
};

class Relay extends Room {
  maxClients = 10;
  next = 0;

  onCreate() {
    this.onMessage('say', (client, data) => this.act({ index: this.next++, player_id: client.sessionId, data }));
  }

  act(event) {
    this.tell(event);
  }

  tell(event) {
    this.broadcast('said', event);
  }
}

class RelayInsert extends Relay {
  async act(event) {
    await pool.query(INSERT, [this.roomId, event.index, event.player_id, JSON.stringify(event.data)]);
    this.tell(event);
  }
}

const waiting = [];
let isWriting = false;

class RelayQueue extends Relay {
  act(event) {
    waiting.push({ room: this, event });
    if (!isWriting) void write();
  }
}

async function write() {
  isWriting = true;
  const connection = await pool.connect();
  while (waiting.length > 0) {
    const batch = waiting.splice(0, BATCH);
    await connection.query(INSERT_MANY, [
      batch.map(({ room }) => room.roomId),
      batch.map(({ event }) => event.index),
      batch.map(({ event }) => event.player_id),
      batch.map(({ event }) => JSON.stringify(event.data)),
    ]);
    for (const { room, event } of batch) room.tell(event);
  }
  connection.release();
  isWriting = false;
}

const server = new Server({ transport: new WebSocketTransport(), greet: false });
server.define('none', Relay);
server.define('insert', RelayInsert);
server.define('queue', RelayQueue);
await server.listen(Number(port), '127.0.0.1');
console.log('listening');
