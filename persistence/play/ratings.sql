-- Ratings: where players stand, how each game moved them.

-- name: take_clock()$
-- How many games are rated; the lock on this row allows rating. Null: another server has it.
select rated from play.rating_clock for update skip locked;

-- name: players_of_games(game_ids)
-- The players of these games, in the order of the games; nobody of a game that is rated.
select p.game_id, p.player_id, p.game, p.score, p.is_winner, p.with_bots, p.completed_at
from unnest(:game_ids::uuid[]) with ordinality as g (id, place)
join play.game_players p on p.game_id = g.id
where not exists (select from play.rating_history h where h.game_id = g.id)
order by g.place, p.player_id;

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

-- name: set_clock(rated)!
-- So many games are rated.
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
