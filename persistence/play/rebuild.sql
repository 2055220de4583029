-- Computing again what follows from the log, and mending what is not as computed. What stands in braces is put in by
-- rebuild.py: the statistics over all games and those by game are computed alike.

-- name: begin()#
-- What this connection works with. `results`: the rows of play.game_players as they should be; a run that mends nothing
-- has the games whose rows are not so in corrected_games, and their right rows beside them.
set timezone = 'UTC';
set plan_cache_mode = force_custom_plan;
create temp table if not exists corrected_games (game_id uuid primary key);
create temp table if not exists corrected_results (like play.game_players, primary key (game_id, player_id));
create or replace temp view results as
    select * from play.game_players p where not exists (select from corrected_games c where c.game_id = p.game_id)
    union all
    select * from corrected_results;
create temp table if not exists renumbered (player_id uuid, game_id uuid, played_no integer,
    primary key (player_id, game_id));
create temp table if not exists rating_order (game_id uuid primary key, rated_no bigint unique);

-- name: count_completed()$
-- How many games are over.
select count(*) from play.games where status = 'completed';

-- name: completed_after(after, limit)
-- The next of them.
select id from play.games
where status = 'completed' and (:after::uuid is null or id > :after::uuid)
order by id limit :limit::int;

-- name: stored(ids)
-- What stands beside the logs of these games. Imported games were never a room here.
select g.id, g.game, g.rules_version, g.last_event_index,
    exists (select from play.room_directory d where d.game_id = g.id) as was_room,
    (select to_jsonb(s) from play.game_summaries s where s.game_id = g.id) as summary,
    (select jsonb_agg(to_jsonb(p)) from play.game_players p where p.game_id = g.id) as results
from play.games g
where g.id = any(:ids::uuid[]);

-- name: logs(ids)
-- Their logs.
select game_id, event_index, type, payload, (extract(epoch from created_at) * 1000)::bigint as at_ms
from play.game_events
where game_id = any(:ids::uuid[])
order by game_id, event_index;

-- name: strays(mend)
-- Summaries and results of games that are not over.
with summaries as (
    select s.game_id from play.game_summaries s join play.games g on g.id = s.game_id where g.status <> 'completed'
),
players as (
    select p.game_id, p.player_id from play.game_players p join play.games g on g.id = p.game_id
    where g.status <> 'completed'
),
summaries_gone as (
    delete from play.game_summaries s using summaries d where :mend::bool and s.game_id = d.game_id
),
players_gone as (
    delete from play.game_players p using players d
    where :mend::bool and p.game_id = d.game_id and p.player_id = d.player_id
)
select game_id, null::uuid as player_id from summaries union all select game_id, player_id from players;

-- name: correct(game_ids, rows)!
-- The right rows of games whose rows are not right; for this connection only.
with games as (
    insert into corrected_games select unnest(:game_ids::uuid[])
)
insert into corrected_results select * from jsonb_populate_recordset(null::play.game_players, :rows::jsonb);

-- name: drop_results(game_ids, player_ids)!
-- Rows that should not be.
delete from play.game_players p
using unnest(:game_ids::uuid[], :player_ids::uuid[]) as d (game_id, player_id)
where p.game_id = d.game_id and p.player_id = d.player_id;

-- name: put_results(rows)!
-- Rows as they should be; a number that is there stays.
insert into play.game_players as p
select (jsonb_populate_recordset(null::play.game_players, :rows::jsonb)).*
on conflict (game_id, player_id) do update
set game = excluded.game, seat = excluded.seat, score = excluded.score, tricks_won = excluded.tricks_won,
    highest_bid = excluded.highest_bid, misplays = excluded.misplays, is_winner = excluded.is_winner,
    with_bots = excluded.with_bots, completed_at = excluded.completed_at;

-- name: drop_summary(game_id)!
-- Before the right one is written.
delete from play.game_summaries where game_id = :game_id::uuid;

-- name: renumber(players)!
-- Players with games without a place in their order (no number, one too high, one twice): these games take the places
-- that are left, in the order in which they ended. players null: everybody.
insert into renumbered
with suspect as (
    select player_id, count(*)::int as games from results
    where :players::uuid[] is null or player_id = any(:players::uuid[])
    group by player_id
    having min(played_no) <> 1 or max(played_no) <> count(*) or count(distinct played_no) <> count(*)
),
known as (
    select r.player_id, r.game_id, r.played_no, r.completed_at,
        r.played_no between 1 and s.games
            and count(*) over (partition by r.player_id, r.played_no) = 1 as kept
    from results r join suspect s using (player_id)
),
free as (
    select s.player_id, n.played_no, row_number() over (partition by s.player_id order by n.played_no) as place
    from suspect s cross join lateral generate_series(1, s.games) n (played_no)
    where not exists (
        select from known k where k.kept and k.player_id = s.player_id and k.played_no = n.played_no
    )
),
waiting as (
    select player_id, game_id, row_number() over (partition by player_id order by completed_at, game_id) as place
    from known where not kept
)
select w.player_id, w.game_id, f.played_no from waiting w join free f using (player_id, place);

-- name: renumbered_rows()
-- Whose numbers are not right, without those of rows that are missing altogether.
select n.player_id, n.game_id, p.played_no as stored, n.played_no as computed
from renumbered n join play.game_players p using (game_id, player_id)
where p.played_no <> n.played_no;

-- name: apply_numbers()!
-- Give them their numbers.
with done as (
    delete from renumbered returning *
)
update play.game_players p set played_no = d.played_no from done d
where p.game_id = d.game_id and p.player_id = d.player_id;

-- name: begin_figures()#
-- Where computed statistics are kept.
create temp table if not exists computed_{table} as select {keys}, {figures} from play.{table} with no data;
truncate computed_{table};

-- name: compute(players)!
-- The statistics as the games make them. players null: everybody's.
insert into computed_{table} ({keys}, {figures})
with ordered as (
    select r.*,
        row_number() over (partition by {keys} order by r.place_of_player) as place,
        row_number() over (partition by {keys}, r.is_winner order by r.place_of_player) as place_of_kind
    from (
        select r.*, coalesce(n.played_no, r.played_no) as place_of_player
        from results r left join renumbered n on n.player_id = r.player_id and n.game_id = r.game_id
        where :players::uuid[] is null or r.player_id = any(:players::uuid[])
    ) r
),
runs as (
    select {keys}, is_winner, count(*) as games, max(place) as ended
    from ordered group by {keys}, is_winner, place - place_of_kind
),
totals as (
    select {keys}, count(*) as games, count(*) filter (where is_winner) as won,
        count(*) filter (where with_bots) as with_bots,
        count(*) filter (where with_bots and is_winner) as won_with_bots, max(score) as highest, min(score) as lowest,
        sum(score) as points, sum(tricks_won) as tricks, sum(misplays) as misplays, max(completed_at) as last_at
    from ordered group by {keys}
),
streaks as (
    select {keys},
        coalesce(max(r.games) filter (where r.is_winner and r.ended = t.games), 0) as wins_now,
        coalesce(max(r.games) filter (where not r.is_winner and r.ended = t.games), 0) as losses_now,
        coalesce(max(r.games) filter (where r.is_winner), 0) as wins_most,
        coalesce(max(r.games) filter (where not r.is_winner), 0) as losses_most
    from runs r join totals t using ({keys}) group by {keys}
)
select {keys}, games, won, with_bots, won_with_bots, highest, lowest, points, tricks, misplays, wins_now, losses_now,
    wins_most, losses_most, last_at
from totals join streaks using ({keys});

-- name: wrong_figures()
-- Rows that are not as computed, missing or too many.
select {keys}, to_jsonb(s) as stored, to_jsonb(c) as computed
from computed_{table} c full join play.{table} s using ({keys})
where (s is null) or (c is null)
    or ({figures_of_s}) is distinct from ({figures_of_c});

-- name: hold(players)
-- Nobody else counts a game of these players until the transaction ends, whether they have a row or not.
with held as (
    insert into play.{table} ({keys})
    select distinct {keys} from results where player_id = any(:players::uuid[]) order by {keys}
    on conflict ({keys}) do nothing
)
select 1 from play.{table} where player_id = any(:players::uuid[]) order by {keys} for update;

-- name: settle(players)!
-- Make the rows of these players what was computed for them.
with gone as (
    delete from play.{table} s
    where s.player_id = any(:players::uuid[])
        and not exists (select from computed_{table} c where ({keys_of_c}) = ({keys_of_s}))
)
update play.{table} s set ({figures}) = ({figures_of_c})
from computed_{table} c
where ({keys_of_c}) = ({keys_of_s}) and ({figures_of_s}) is distinct from ({figures_of_c});

-- name: hold_ratings()
-- Nobody rates until the transaction ends.
with there as (
    insert into play.rating_clock (rated) values (0) on conflict do nothing
)
select 1 from play.rating_clock for update;

-- name: order_ratings()!
-- The games that are rated, in their order. One without a number of its own (none, another game's, several) takes one
-- that is left, in the order in which they ended. Games that wait for their rating have none.
insert into rating_order (game_id, rated_no)
with counted as (
    select game_id, max(completed_at) as completed_at from results group by game_id having count(*) > 1
),
told as (
    select h.game_id, min(h.rated_no) as low, max(h.rated_no) as high from play.rating_history h group by h.game_id
),
rated as (
    select c.game_id, c.completed_at, t.low, t.high
    from counted c
    join play.games g on g.id = c.game_id
    left join told t on t.game_id = c.game_id
    left join play.finished_games q on q.game_id = c.game_id and q.consumer = 'ratings'
    where t.game_id is not null
        or (q.game_id is null and c.completed_at + {delay} <= now())
),
bound as (
    select greatest((select max(rated) from play.rating_clock), (select count(*) from rated)) as highest
),
doubtful as (
    select h.rated_no from play.rating_history h join rated r using (game_id)
    group by h.rated_no having count(distinct h.game_id) > 1
),
kept as (
    select r.game_id, r.low as rated_no from rated r cross join bound b
    where r.low = r.high and r.low between 1 and b.highest
        and not exists (select from doubtful d where d.rated_no = r.low)
),
free as (
    select n.rated_no, row_number() over (order by n.rated_no) as place
    from bound b cross join lateral generate_series(1, b.highest) n (rated_no)
    where not exists (select from kept k where k.rated_no = n.rated_no)
),
waiting as (
    select game_id, row_number() over (order by completed_at, game_id) as place
    from rated r where not exists (select from kept k where k.game_id = r.game_id)
)
select game_id, rated_no from kept
union all
select w.game_id, f.rated_no from waiting w join free f using (place);

-- name: next_rated(after, limit)
-- The next games in that order.
select game_id from rating_order where rated_no > :after::bigint order by rated_no limit :limit::int;

-- name: rated_games(ids)
-- The players of these games. The ids stand beside both tables, because a join does not reach into the view.
select o.rated_no, o.game_id, r.game, r.with_bots, r.player_id, r.score, r.is_winner, r.completed_at
from rating_order o
join results r on r.game_id = o.game_id
where o.game_id = any(:ids::uuid[]) and r.game_id = any(:ids::uuid[])
order by o.rated_no, r.player_id;

-- name: told_ratings(ids)
-- What is told of them.
select game_id, player_id, to_jsonb(h) as stored from play.rating_history h where game_id = any(:ids::uuid[]);

-- name: strange_history(mend)
-- Ratings of games, or in games of players, that have none.
with strange as (
    select h.game_id, h.player_id, to_jsonb(h) as stored
    from play.rating_history h
    where not exists (
        select from rating_order o join results r on r.game_id = o.game_id
        where o.game_id = h.game_id and r.player_id = h.player_id
    )
),
gone as (
    delete from play.rating_history h using strange s
    where :mend::bool and h.game_id = s.game_id and h.player_id = s.player_id
)
select * from strange;

-- name: strange_queue(mend)
-- Games that wait though they are rated, or are not for rating; and those that don't wait and should.
with counted as (
    select game_id, max(completed_at) as completed_at from results group by game_id having count(*) > 1
),
strange as (
    select q.game_id from play.finished_games q
    where q.consumer = 'ratings' and (
        exists (select from rating_order o where o.game_id = q.game_id)
        or not exists (select from counted c where c.game_id = q.game_id)
    )
),
missing as (
    select c.game_id, c.completed_at + {delay} as due_at
    from counted c join play.games g on g.id = c.game_id
    where c.completed_at + {delay} > now()
        and not exists (
            select from play.finished_games q where q.game_id = c.game_id and q.consumer = 'ratings'
        )
        and not exists (select from rating_order o where o.game_id = c.game_id)
),
gone as (
    delete from play.finished_games q using strange s
    where :mend::bool and q.game_id = s.game_id and q.consumer = 'ratings'
),
added as (
    insert into play.finished_games (game_id, consumer, due_at)
    select game_id, 'ratings', due_at from missing where :mend::bool
)
select game_id, true as is_there from strange union all select game_id, false from missing;

-- name: put_history(rows)!
-- Rows as they should be.
insert into play.rating_history
select (jsonb_populate_recordset(null::play.rating_history, :rows::jsonb)).*
on conflict (game_id, player_id) do update
set game = excluded.game, pool = excluded.pool, rated_no = excluded.rated_no, mu_before = excluded.mu_before,
    sigma_before = excluded.sigma_before, mu_after = excluded.mu_after, sigma_after = excluded.sigma_after,
    completed_at = excluded.completed_at;

-- name: standings(after_player, after_game, after_pool, limit)
-- Where players stand, in the order of the key.
select player_id, game, pool, to_jsonb(r) as stored from play.player_ratings r
where (player_id, game, pool) > (:after_player::uuid, :after_game::text, :after_pool::text)
order by player_id, game, pool limit :limit::int;

-- name: put_standings(rows)!
-- Rows as they should be.
insert into play.player_ratings
select (jsonb_populate_recordset(null::play.player_ratings, :rows::jsonb)).*
on conflict (player_id, game, pool) do update
set mu = excluded.mu, sigma = excluded.sigma, games = excluded.games, last_game_at = excluded.last_game_at;

-- name: drop_standing(player_id, game, pool)!
-- A row that should not be.
delete from play.player_ratings where (player_id, game, pool) = (:player_id::uuid, :game::text, :pool::text);

-- name: clock()^
-- How many games are rated, and the highest number that was given.
select (select max(rated) from play.rating_clock) as stored,
    greatest((select max(rated) from play.rating_clock), (select max(rated_no) from rating_order), 0) as computed;

-- name: set_clock(rated)!
-- The clock goes on from there.
update play.rating_clock set rated = :rated::bigint;
