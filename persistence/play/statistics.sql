-- What remains of finished games: summaries, results of players, lifetime statistics.

-- name: add_summary(game_id, players, rounds, final_scores, highest_bid, highest_score, lowest_score, most_consecutive_wins, most_consecutive_losses, highest_misplay, at_ms)!
-- The summary. A second one for the same game is refused, and with it the whole transaction.
insert into play.game_summaries (game_id, players, rounds, final_scores, highest_bid, highest_score, lowest_score,
    most_consecutive_wins, most_consecutive_losses, highest_misplay, created_at)
values (:game_id::uuid, :players::jsonb, :rounds::jsonb, :final_scores::jsonb, :highest_bid, :highest_score,
    :lowest_score, :most_consecutive_wins, :most_consecutive_losses, :highest_misplay,
    to_timestamp(:at_ms::bigint / 1000.0));

-- name: add_results(game_id, at_ms, player_ids, seats, scores, tricks_won, highest_bids, misplays, winners, with_bots)!
-- One row for each player and game; the player's statistics (over all games and of this one) moved on by it; and the
-- game put down for those who go on from it. What stands in braces is put in by statistics.py.
-- played_no comes from the very row that is moved on, so the order of a player's games is the order in which they were
-- counted, also of games that end in the same millisecond.
-- Everywhere in the order of the players' ids, so that two games that end at once don't wait for each other crosswise.
with result as (
    select r.*, g.id as game_id, g.game, g.config, to_timestamp(:at_ms::bigint / 1000.0) as at,
        :with_bots::bool as with_bots, (:with_bots::bool and r.won)::int as won_with_bots
    from unnest(:player_ids::uuid[], :seats::int[], :scores::int[], :tricks_won::int[], :highest_bids::int[],
            :misplays::int[], :winners::bool[])
        as r (player_id, seat, score, tricks_won, highest_bid, misplays, won),
        play.games g
    where g.id = :game_id::uuid
),
lifetime as (
    insert into play.player_lifetime_stats as s (player_id, {figures})
    select player_id, {first_values} from result order by player_id
    on conflict (player_id) do update set {moves}
    returning player_id, games_played
),
of_game as (
    insert into play.player_game_stats as s (player_id, game, {figures})
    select player_id, game, {first_values} from result order by player_id
    on conflict (player_id, game) do update set {moves}
),
finished as (
    insert into play.finished_games (game_id, consumer, due_at)
    select g.game_id, c.name, g.at + make_interval(secs => coalesce((g.config ->> 'spectator_delay_s')::int, 0))
    from (select game_id, at, config from result limit 1) g, play.game_consumers c
    where c.players_min <= (select count(*) from result)
)
insert into play.game_players (game_id, player_id, game, seat, score, tricks_won, highest_bid, misplays, is_winner,
    with_bots, played_no, completed_at)
select r.game_id, r.player_id, r.game, r.seat, r.score, r.tricks_won, r.highest_bid, r.misplays, r.won, r.with_bots,
    l.games_played, r.at
from result r join lifetime l on l.player_id = r.player_id;

-- name: get_summary(game_id)^
-- The summary of one game.
select * from play.game_summaries where game_id = :game_id::uuid;

-- name: get_lifetime(player_id)^
-- The lifetime statistics of one player.
select * from play.player_lifetime_stats where player_id = :player_id::uuid;

-- name: by_game(player_id)
-- The statistics of one player, game by game.
select * from play.player_game_stats where player_id = :player_id::uuid order by game;

-- name: history(player_id, everything, before, before_game, limit)
-- A player's finished games, the newest first; unless it is everything, without those whose spectators have not seen
-- the end yet. Winners are before the others whatever the scores; mu_change is null as long as the game is not rated.
select p.*, h.mu_after - h.mu_before as mu_change,
    (select count(*)::int from play.game_players o where o.game_id = p.game_id) as players,
    (select 1 + count(*)::int from play.game_players o
        where o.game_id = p.game_id and (o.is_winner, o.score) > (p.is_winner, p.score)) as rank
from (
    select * from play.game_players p
    where player_id = :player_id::uuid
        and (
            :everything::bool
            or completed_at <= now() - coalesce(
                (select make_interval(secs => (g.config ->> 'spectator_delay_s')::int) from play.games g where g.id = p.game_id),
                interval '0'
            )
        )
        and (completed_at, game_id) < (
            coalesce(:before::timestamptz, 'infinity'),
            coalesce(:before_game::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        )
    order by completed_at desc, game_id desc
    limit :limit::int
) p
left join play.rating_history h on h.game_id = p.game_id and h.player_id = p.player_id
order by p.completed_at desc, p.game_id desc;

-- name: scores(player_id, game, everything, limit)
-- The scores of a player in the newest games of one kind; `everything` as above.
select score from play.game_players p
where player_id = :player_id::uuid and game = :game
    and (
        :everything::bool
        or completed_at <= now() - coalesce(
            (select make_interval(secs => (g.config ->> 'spectator_delay_s')::int) from play.games g where g.id = p.game_id),
            interval '0'
        )
    )
order by completed_at desc, game_id desc
limit :limit::int;
