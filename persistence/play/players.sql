-- Players.

-- name: create(display_name, avatar_seed, color, user_id)^
-- A new player.
insert into play.players (display_name, avatar_seed, color, user_id)
values (:display_name, :avatar_seed, :color, :user_id)
returning *;

-- name: get(id)^
-- One player.
select * from play.players where id = :id::uuid;

-- name: find_by_user(user_id)^
-- The player of an account.
select * from play.players where user_id = :user_id;

-- name: get_many(ids)
-- Several players.
select * from play.players where id = any(:ids::uuid[]);

-- name: update(id, display_name, avatar_seed, color)^
-- Change what is given; null leaves a column as it is.
update play.players
set display_name = coalesce(:display_name::text, display_name),
    avatar_seed = coalesce(:avatar_seed::text, avatar_seed),
    color = coalesce(:color::text, color),
    updated_at = now()
where id = :id::uuid
returning *;

-- name: ensure_bots(ids, names, avatars, colors)!
-- Bots under ids that are known beforehand, in the order of their ids against deadlocks.
insert into play.players as p (id, display_name, avatar_seed, color, is_bot)
select id, name, avatar, color, true
from unnest(:ids::uuid[], :names::text[], :avatars::text[], :colors::text[]) as b (id, name, avatar, color)
order by id
on conflict (id) do update
set display_name = excluded.display_name, avatar_seed = excluded.avatar_seed, color = excluded.color,
    updated_at = now()
where p.is_bot and (p.display_name, p.avatar_seed, p.color)
    is distinct from (excluded.display_name, excluded.avatar_seed, excluded.color);
