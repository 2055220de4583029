-- Games and the directory of rooms.

-- name: new_game(id, game, rules_version, config, session_seed, owner, rematch_of, at_ms)!
-- The row of a game whose log is still empty.
insert into play.games (id, game, rules_version, config, session_seed, owner, rematch_of, created_at)
values (:id::uuid, :game, :rules_version, :config::jsonb, :session_seed, :owner, :rematch_of::uuid,
    to_timestamp(:at_ms::bigint / 1000.0));

-- name: new_room(game_id, join_code, is_public, max_players, current_players, at_ms, fill_at_ms)!
-- The room's entry in the directory.
insert into play.room_directory (game_id, join_code, is_public, max_players, current_players, created_at, fill_at)
values (:game_id::uuid, :join_code, :is_public, :max_players, :current_players,
    to_timestamp(:at_ms::bigint / 1000.0), to_timestamp(:fill_at_ms::bigint / 1000.0));

-- name: change_status(game_id, status, at_ms)!
-- The status, and the moment that belongs to it; a finished room leaves the directory, for those who watch with a
-- delay not before they have seen its end.
with moment as (select to_timestamp(:at_ms::bigint / 1000.0) as at, :status::text as status),
closed as (
    update play.room_directory r
    set closed_at = moment.at,
        listed_until = moment.at + make_interval(secs => nullif((g.config ->> 'spectator_delay_s')::int, 0))
    from moment, play.games g
    where r.game_id = :game_id::uuid and g.id = r.game_id and r.closed_at is null
        and moment.status in ('completed', 'aborted')
)
update play.games
set status = moment.status,
    started_at = case when moment.status = 'in_progress' then coalesce(started_at, moment.at) else started_at end,
    completed_at = case when moment.status = 'completed' then moment.at end
from moment
where id = :game_id::uuid;

-- name: change_seats(game_id, current_players)!
-- How many seats are taken.
update play.room_directory set current_players = :current_players where game_id = :game_id::uuid;

-- name: change_settings(game_id, config, max_players, is_public)!
-- The settings of a room, in the directory too; is_public null leaves it as it is.
with listed as (
    update play.room_directory
    set max_players = :max_players, is_public = coalesce(:is_public::bool, is_public)
    where game_id = :game_id::uuid
)
update play.games set config = :config::jsonb where id = :game_id::uuid;

-- name: close_room(game_id, at_ms)!
-- Out of the directory; the join code may be given to another room.
update play.room_directory set closed_at = to_timestamp(:at_ms::bigint / 1000.0)
where game_id = :game_id::uuid and closed_at is null;

-- name: claim(game_id, owner)^
-- Take the game over: a higher epoch, and with it the sole right to append. Epochs follow the clock, so that none is
-- given out twice when a failover has lost the claim that it was given to.
with claimed as (
    update play.games
    set epoch = greatest(epoch + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint), owner = :owner where id = :game_id::uuid returning *
)
select g.*, r.join_code, r.is_public, r.max_players, r.current_players, r.closed_at, r.fill_at
from claimed g left join play.room_directory r on r.game_id = g.id;

-- name: get_game(game_id)^
-- One game with its entry in the directory.
select g.*, r.join_code, r.is_public, r.max_players, r.current_players, r.closed_at, r.fill_at
from play.games g left join play.room_directory r on r.game_id = g.id
where g.id = :game_id::uuid;

-- name: newest_event_until(game_id, until_ms)$
-- The newest event that is old enough; read backwards, so it costs as many events as are too new.
select event_index from play.game_events
where game_id = :game_id::uuid and (extract(epoch from created_at) * 1000)::bigint <= :until_ms::bigint
order by event_index desc limit 1;

-- name: find_open_by_code(join_code)$
-- The open room of a join code.
select game_id from play.room_directory where join_code = :join_code and closed_at is null;

-- name: find_rematch(game_id)$
-- The game that was made as the rematch of this one.
select id from play.games where rematch_of = :game_id::uuid;

-- name: list_running()
-- Games under way, the oldest first. Those that ended with a pause wait for somebody who connects.
select g.id
from play.games g
where g.status = 'in_progress'
    and not exists (
        select 1 from play.game_events e
        where e.game_id = g.id and e.event_index = g.last_event_index and e.type = 'game_paused'
    )
order by g.id;

-- name: list_filling()
-- Games in their lobby that wait for their bots, the oldest first.
select g.id
from play.room_directory r join play.games g on g.id = r.game_id
where r.fill_at is not null and r.closed_at is null and g.status = 'created'
order by g.id;

-- name: list_public(game, status, before, limit)
-- Public rooms that are open, or whose end spectators have not seen yet; the newest first (ids are made in the order of
-- time).
select g.*, r.join_code, r.is_public, r.max_players, r.current_players, r.closed_at, r.fill_at
from (
    select * from play.room_directory where is_public and closed_at is null
    union all
    select * from play.room_directory where is_public and listed_until > now()
) r join play.games g on g.id = r.game_id
where (:game::text is null or g.game = :game)
    and (:status::text is null or :status = case when r.closed_at is null then g.status else 'in_progress' end)
    and (:before::uuid is null or r.game_id < :before)
order by r.game_id desc
limit :limit::int;

-- name: list_these(ids)
-- Those of these rooms that are in the list.
select g.*, r.join_code, r.is_public, r.max_players, r.current_players, r.closed_at, r.fill_at
from play.room_directory r join play.games g on g.id = r.game_id
where r.game_id = any(:ids::uuid[]) and r.is_public and (r.closed_at is null or r.listed_until > now());

-- name: ensure_partitions(months_ahead)$
-- Makes the partitions of the event log for this month and the months ahead.
select play.ensure_partitions(:months_ahead::int);
