-- The outbox of finished games: what waits for each of its consumers.

-- name: is_any_due(consumer)$
-- Whether a game waits for this consumer.
select exists (select from play.finished_games where consumer = :consumer and due_at <= now());

-- name: take(consumer, limit)
-- The games that have waited longest, removed from the outbox. Those that another transaction takes are left out.
delete from play.finished_games
where consumer = :consumer and game_id in (
    select game_id from play.finished_games
    where consumer = :consumer and due_at <= now()
    order by due_at, game_id
    limit :limit::int
    for update skip locked
)
returning game_id;
