-- Matchmaking tickets.

-- name: open_ticket(player_id, game, bots, at_ms, since_ms)^
-- The ticket that counts: one with a seat in a game that has not begun, or has begun but the seat was given since
-- `since_ms`; else the one that waits, which is made if there is none.
with newest as (
    select * from play.matchmaking_tickets
    where player_id = :player_id::uuid and game = :game and status = 'matched'
    order by created_at desc limit 1
),
seated as (
    select n.id, n.status, n.game_id, n.seat, n.created_at, g.status as game_status, r.fill_at
    from newest n join play.games g on g.id = n.game_id left join play.room_directory r on r.game_id = g.id
    where g.status = 'created'
        or (g.status = 'in_progress' and n.matched_at >= to_timestamp(:since_ms::bigint / 1000.0))
),
opened as (
    insert into play.matchmaking_tickets (player_id, game, bots, created_at, asked_at)
    select :player_id::uuid, :game, :bots::boolean, moment, moment
    from to_timestamp(:at_ms::bigint / 1000.0) as moment
    where not exists (select from seated)
    on conflict (player_id, game) where status = 'waiting'
        do update set asked_at = excluded.asked_at, bots = excluded.bots
    returning id, status, game_id, seat, created_at, null::text as game_status, null::timestamptz as fill_at
)
select * from seated union all select * from opened;

-- name: newest_ticket(player_id, game)^
-- A player's last ticket, with the state of its game.
select t.id, t.status, t.game_id, t.seat, t.created_at, g.status as game_status, r.fill_at
from play.matchmaking_tickets t
left join play.games g on g.id = t.game_id
left join play.room_directory r on r.game_id = t.game_id
where t.player_id = :player_id::uuid and t.game = :game
order by t.created_at desc limit 1;

-- name: match_ticket(id, game_id, seat, at_ms)$
-- The ticket has its seat; nothing is given if it has another one already.
update play.matchmaking_tickets
set status = 'matched', game_id = :game_id::uuid, seat = :seat, matched_at = to_timestamp(:at_ms::bigint / 1000.0)
where id = :id::uuid and (status <> 'matched' or game_id = :game_id::uuid)
returning id;

-- name: give_up_seats(game_id, player_id, status)!
-- The seats that tickets have in a game are not theirs any more: those of one player, or (null) all.
update play.matchmaking_tickets set status = :status
where game_id = :game_id::uuid and status = 'matched' and (:player_id::uuid is null or player_id = :player_id::uuid);

-- name: close_ticket(id, was, status)!
-- The end of one ticket, if it is still what it was.
update play.matchmaking_tickets set status = :status where id = :id::uuid and status = :was;

-- name: expire_tickets(before_ms)
-- The end of those that wait and were not asked for since.
update play.matchmaking_tickets set status = 'expired'
where status = 'waiting' and asked_at < to_timestamp(:before_ms::bigint / 1000.0)
returning id;
