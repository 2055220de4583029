-- Finished games that wait for those who go on from them.

-- name: register(name, players_min)!
-- From now on the transaction that ends a game puts it down for this consumer as well.
insert into play.game_consumers (name, players_min) values (:name, :players_min)
on conflict (name) do update set players_min = excluded.players_min
where play.game_consumers.players_min <> excluded.players_min;

-- name: lag(consumer)$
-- For how many seconds the game that has waited longest is due; null: none is.
select extract(epoch from now() - min(due_at))::float8 from play.finished_games
where consumer = :consumer and due_at <= now();

-- name: hold(consumer)$
-- Nobody else takes this consumer's games until the transaction ends. Null: somebody else does.
select true from play.game_consumers where name = :consumer for no key update skip locked;

-- name: due(consumer, limit)
-- The games that have waited longest.
select game_id from play.finished_games where consumer = :consumer and due_at <= now()
order by due_at, game_id limit :limit::int;

-- name: leave(consumer, game_ids)!
-- These games don't wait any more.
delete from play.finished_games where consumer = :consumer and game_id = any(:game_ids::uuid[]);
