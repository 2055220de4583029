-- The event log: appending by compare-and-set, asking what became of a batch, reading.

-- name: append(game_ids, expected, heads, epochs, batch, games, indexes, types, payloads, times_ms, actors, commands)
-- One statement for a whole batch. Arrays per game: game_ids, expected, heads, epochs. Arrays per event: games (place
-- in game_ids, from 1), indexes, types, payloads, times_ms, actors, commands. Gives the places of the games whose head
-- and epoch were as expected; nothing is written for the others.
-- An event's id is its game's with the index in front, because a random one costs three system calls where Postgres is
-- built without OpenSSL.
-- The IN stays inside IS TRUE, so that it is answered by a hashed list of places and not planned as a join.
with want as (
    select *
    from unnest(:game_ids::uuid[], :expected::int[], :heads::int[], :epochs::bigint[])
        with ordinality as w (game_id, expected, head, epoch, place)
),
moved as (
    update play.games g
    set last_event_index = w.head, last_batch = :batch::uuid
    from want w
    where g.id = w.game_id and g.last_event_index = w.expected and g.epoch = w.epoch
    returning w.place::int as place
),
written as (
    insert into play.game_events (id, game_id, event_index, type, payload, created_at, actor_id, command_id)
    select overlay((:game_ids::uuid[])[e.place]::text placing lpad(to_hex(e.event_index), 8, '0') from 1 for 8)::uuid,
        (:game_ids::uuid[])[e.place],
        e.event_index, e.type, e.payload::jsonb, to_timestamp(e.at_ms / 1000.0), e.actor_id, e.command_id
    from unnest(:games::int[], :indexes::int[], :types::text[], :payloads::text[], :times_ms::bigint[],
            :actors::uuid[], :commands::text[]) as e (place, event_index, type, payload, at_ms, actor_id, command_id)
    where (e.place in (select place from moved)) is true
)
select place from moved;

-- name: heads(game_ids)
-- Where games stand: their head, epoch and the batch that was written last.
select id, last_event_index, epoch, last_batch from play.games where id = any(:game_ids::uuid[]);

-- name: read(game_id, first, last, limit)
-- Events first..last (inclusive) of one game in order, at most `limit` of them.
select event_index, type, payload, (extract(epoch from created_at) * 1000)::bigint as at_ms, actor_id, command_id
from play.game_events
where game_id = :game_id::uuid and event_index between :first::int and :last::int
order by event_index
limit :limit::int;
