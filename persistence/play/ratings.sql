-- Ratings: the queue of games that wait, where players stand, how each game moved them.

-- name: is_any_due()$
-- Whether a game waits.
select exists (select from play.rating_queue where due_at <= now());

-- name: take_clock()$
-- How many games are rated; whoever has this row is the one who rates. Null: somebody else has it.
select rated from play.rating_clock for update skip locked;

-- name: due_games(limit)
-- The players of the games that have waited longest. A game without rows in game_players gives one row of nulls.
select q.game_id, p.player_id, p.game, p.score, p.is_winner, p.with_bots, p.completed_at,
    extract(epoch from now() - q.due_at)::float8 as lag_s,
    exists (select from play.rating_history h where h.game_id = q.game_id) as is_rated
from (
    select * from play.rating_queue where due_at <= now() order by due_at, game_id limit :limit::int
) q
left join play.game_players p on p.game_id = q.game_id
order by q.due_at, q.game_id, p.player_id;

-- name: standings(players)
-- Where these players stand, in whatever game and pool.
select * from play.player_ratings where player_id = any(:players::uuid[]);

-- name: add_history(game_ids, players, games, pools, numbers, mus_before, sigmas_before, mus_after, sigmas_after, moments)!
-- How games moved their players.
insert into play.rating_history (game_id, player_id, game, pool, rated_no, mu_before, sigma_before, mu_after,
    sigma_after, completed_at)
select * from unnest(:game_ids::uuid[], :players::uuid[], :games::text[], :pools::text[], :numbers::bigint[],
    :mus_before::float8[], :sigmas_before::float8[], :mus_after::float8[], :sigmas_after::float8[],
    :moments::timestamptz[]);

-- name: move_standings(players, games, pools, mus, sigmas, counts, moments)!
-- Where their players stand now.
insert into play.player_ratings as r (player_id, game, pool, mu, sigma, games, last_game_at)
select * from unnest(:players::uuid[], :games::text[], :pools::text[], :mus::float8[], :sigmas::float8[],
    :counts::int[], :moments::timestamptz[])
on conflict (player_id, game, pool) do update
set mu = excluded.mu, sigma = excluded.sigma, games = excluded.games, last_game_at = excluded.last_game_at;

-- name: leave_queue(game_ids, rated)!
-- These games don't wait any more; so many are rated.
with gone as (
    delete from play.rating_queue where game_id = any(:game_ids::uuid[])
)
update play.rating_clock set rated = :rated where rated <> :rated;

-- name: of_player(player_id)
-- Where one player stands.
select * from play.player_ratings where player_id = :player_id::uuid order by game, pool;

-- name: history(player_id, game, pool, before, limit)
-- What moved one player, the newest first.
select * from play.rating_history
where player_id = :player_id::uuid
    and (:game::text is null or game = :game)
    and (:pool::text is null or pool = :pool)
    and rated_no < coalesce(:before::bigint, 9223372036854775807)
order by rated_no desc
limit :limit::int;
