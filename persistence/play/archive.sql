-- Games that come into being with a log: written whole, and counted nowhere.

-- name: add_game(id, game, rules_version, config, session_seed, head, created_ms, started_ms, completed_ms)!
-- The row of a completed game. Nobody owns it.
insert into play.games (id, game, rules_version, config, session_seed, status, last_event_index, created_at, started_at,
    completed_at)
values (:id::uuid, :game, :rules_version, :config::jsonb, :session_seed, 'completed', :head,
    to_timestamp(:created_ms::bigint / 1000.0), to_timestamp(:started_ms::bigint / 1000.0),
    to_timestamp(:completed_ms::bigint / 1000.0));

-- name: add_events(game_id, types, payloads, times_ms, actors, commands)!
-- Its whole log; the place in the arrays, from 0, is the index.
insert into play.game_events (game_id, event_index, type, payload, created_at, actor_id, command_id)
select :game_id::uuid, e.place - 1, e.type, e.payload::jsonb, to_timestamp(e.at_ms / 1000.0), e.actor_id, e.command_id
from unnest(:types::text[], :payloads::text[], :times_ms::bigint[], :actors::uuid[], :commands::text[])
    with ordinality as e (type, payload, at_ms, actor_id, command_id, place);

-- name: move_head(game_id, head)!
-- The index of its last event.
update play.games set last_event_index = :head where id = :game_id::uuid;
