-- What remains of finished games: summaries, results of players, lifetime statistics.

-- name: add_summary(game_id, players, rounds, final_scores, highest_bid, highest_score, lowest_score, most_consecutive_wins, most_consecutive_losses, highest_misplay, at_ms)!
-- The summary. A second one for the same game is refused, and with it the whole transaction.
insert into play.game_summaries (game_id, players, rounds, final_scores, highest_bid, highest_score, lowest_score,
    most_consecutive_wins, most_consecutive_losses, highest_misplay, created_at)
values (:game_id::uuid, :players::jsonb, :rounds::jsonb, :final_scores::jsonb, :highest_bid, :highest_score,
    :lowest_score, :most_consecutive_wins, :most_consecutive_losses, :highest_misplay,
    to_timestamp(:at_ms::bigint / 1000.0));

-- name: add_results(game_id, at_ms, player_ids, seats, scores, tricks_won, highest_bids, misplays, winners)!
-- One row for each player and game, and the player's lifetime statistics moved on by this game.
-- In the order of the players' ids, so that two games that end at once don't wait for each other crosswise.
with result as (
    select r.*, to_timestamp(:at_ms::bigint / 1000.0) as at
    from unnest(:player_ids::uuid[], :seats::int[], :scores::int[], :tricks_won::int[], :highest_bids::int[],
            :misplays::int[], :winners::bool[])
        as r (player_id, seat, score, tricks_won, highest_bid, misplays, won)
),
kept as (
    insert into play.game_players (game_id, player_id, game, seat, score, tricks_won, highest_bid, misplays,
        is_winner, completed_at)
    select g.id, r.player_id, g.game, r.seat, r.score, r.tricks_won, r.highest_bid, r.misplays, r.won, r.at
    from result r, play.games g
    where g.id = :game_id::uuid
)
insert into play.player_lifetime_stats as s (player_id, games_played, games_won, highest_score, lowest_score,
    total_points, total_tricks_won, total_misplays, current_win_streak, current_loss_streak,
    most_consecutive_wins, most_consecutive_losses, last_game_at)
select player_id, 1, won::int, score, score, score, tricks_won, misplays, won::int, (not won)::int, won::int,
    (not won)::int, at
from result
order by player_id
on conflict (player_id) do update set
    games_played = s.games_played + 1,
    games_won = s.games_won + excluded.games_won,
    highest_score = greatest(s.highest_score, excluded.highest_score),
    lowest_score = least(s.lowest_score, excluded.lowest_score),
    total_points = s.total_points + excluded.total_points,
    total_tricks_won = s.total_tricks_won + excluded.total_tricks_won,
    total_misplays = s.total_misplays + excluded.total_misplays,
    current_win_streak = (s.current_win_streak + 1) * excluded.current_win_streak,
    current_loss_streak = (s.current_loss_streak + 1) * excluded.current_loss_streak,
    most_consecutive_wins =
        greatest(s.most_consecutive_wins, (s.current_win_streak + 1) * excluded.current_win_streak),
    most_consecutive_losses =
        greatest(s.most_consecutive_losses, (s.current_loss_streak + 1) * excluded.current_loss_streak),
    last_game_at = greatest(s.last_game_at, excluded.last_game_at);

-- name: get_summary(game_id)^
-- The summary of one game.
select * from play.game_summaries where game_id = :game_id::uuid;

-- name: get_lifetime(player_id)^
-- The lifetime statistics of one player.
select * from play.player_lifetime_stats where player_id = :player_id::uuid;

-- name: history(player_id, everything, before, before_game, limit)
-- A player's finished games, the newest first; unless it is everything, without those whose spectators have not seen
-- the end yet.
select * from play.game_players p
where player_id = :player_id::uuid
    and (
        :everything::bool
        or completed_at <= now() - coalesce(
            (select make_interval(secs => (g.config ->> 'spectator_delay_s')::int) from play.games g where g.id = p.game_id),
            interval '0'
        )
    )
    and (:before::timestamptz is null or (completed_at, game_id) < (:before, :before_game::uuid))
order by completed_at desc, game_id desc
limit :limit::int;

-- name: leaderboard(metric, limit, min_games, include_bots)
-- The best players over all games; of equals the one who got there earlier.
select p.id, p.display_name, s.games_played, v.value
from play.player_lifetime_stats s
join play.players p on p.id = s.player_id
cross join lateral (
    select case :metric::text
        when 'wins' then s.games_won::float8
        when 'win_rate' then s.games_won::float8 / nullif(s.games_played, 0)
        when 'highest_score' then s.highest_score::float8
        when 'total_points' then s.total_points::float8
        when 'total_tricks_won' then s.total_tricks_won::float8
    end as value
) v
where s.games_played >= :min_games::int and v.value is not null and (:include_bots::bool or not p.is_bot)
order by v.value desc, s.last_game_at, p.id
limit :limit::int;

-- name: leaderboard_of_game(game, metric, limit, min_games, include_bots)
-- The best players of one kind of game.
select p.id, p.display_name, s.games_played, s.value
from (
    select player_id, count(*)::int as games_played, max(completed_at) as last_game_at,
        case :metric::text
            when 'wins' then count(*) filter (where is_winner)::float8
            when 'win_rate' then count(*) filter (where is_winner)::float8 / count(*)
            when 'highest_score' then max(score)::float8
            when 'total_points' then sum(score)::float8
            when 'total_tricks_won' then sum(tricks_won)::float8
        end as value
    from play.game_players
    where game = :game
    group by player_id
    having count(*) >= :min_games::int
) s
join play.players p on p.id = s.player_id
where :include_bots::bool or not p.is_bot
order by s.value desc, s.last_game_at, p.id
limit :limit::int;
