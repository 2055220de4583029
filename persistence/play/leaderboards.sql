-- Leaderboards: one query for every table and metric; what stands in braces is put in by leaderboards.py. The order is
-- that of an index, and so is the place where the page before ended.

-- name: board({of}min_games, include_bots, after, after_at, after_player, limit)
-- The best after that place; of equals the one who got there earlier.
select p.id, p.display_name, s.{games} as games_played, s.{value}::float8 as value, s.last_game_at
from play.{table} s
join play.players p on p.id = s.player_id
where {scope}
    and s.{games} >= :min_games::int and s.{games} >= {magnitude}
    and (:include_bots::bool or not p.is_bot)
    and ((-s.{value})::float8, s.last_game_at, s.player_id) > (
        :after::float8,
        coalesce(:after_at::timestamptz, '-infinity'),
        coalesce(:after_player::uuid, '00000000-0000-0000-0000-000000000000')
    )
order by (-s.{value})::float8, s.last_game_at, s.player_id
limit :limit::int;
