-- The chat of the rooms. Who writes must own the game: under another epoch nothing is written and no row comes back.

-- name: say(game_id, epoch, player_id, command_id, text, head, at_ms)^
-- A message, or the one that this command has written before.
with said as (
    insert into play.chat_messages (game_id, player_id, command_id, text, head, created_at)
    select g.id, :player_id::uuid, :command_id, :text, :head, to_timestamp(:at_ms::bigint / 1000.0)
    from play.games g where g.id = :game_id::uuid and g.epoch = :epoch::bigint
    on conflict (game_id, player_id, command_id) do nothing
    returning id, head
)
select id, head, true as is_new from said
union all
select id, head, false from play.chat_messages
where game_id = :game_id::uuid and player_id = :player_id::uuid and command_id = :command_id;

-- name: delete_message(game_id, epoch, actor_id, command_id, message_id, head, at_ms)^
-- The text is gone; that there was a message, and who deleted it, stays.
with asked as (
    insert into play.chat_moderation (game_id, actor_id, command_id, message_id, head, created_at)
    select g.id, :actor_id::uuid, :command_id, :message_id::bigint, :head, to_timestamp(:at_ms::bigint / 1000.0)
    from play.games g where g.id = :game_id::uuid and g.epoch = :epoch::bigint
    on conflict (game_id, actor_id, command_id) do nothing
    returning head, created_at
), deleted as (
    update play.chat_messages m set text = null, deleted_at = asked.created_at, deleted_by = :actor_id::uuid
    from asked
    where m.id = :message_id::bigint and m.game_id = :game_id::uuid and m.text is not null
)
select head, true as is_new from asked
union all
select head, false from play.chat_moderation
where game_id = :game_id::uuid and actor_id = :actor_id::uuid and command_id = :command_id;

-- name: mute(game_id, epoch, actor_id, command_id, player_id, muted, head, at_ms)^
-- The newest row of a player says whether the player is muted.
with asked as (
    insert into play.chat_moderation (game_id, actor_id, command_id, player_id, muted, head, created_at)
    select g.id, :actor_id::uuid, :command_id, :player_id::uuid, :muted::bool, :head,
        to_timestamp(:at_ms::bigint / 1000.0)
    from play.games g where g.id = :game_id::uuid and g.epoch = :epoch::bigint
    on conflict (game_id, actor_id, command_id) do nothing
    returning head
)
select head, true as is_new from asked
union all
select head, false from play.chat_moderation
where game_id = :game_id::uuid and actor_id = :actor_id::uuid and command_id = :command_id;

-- name: author(game_id, message_id)$
-- Who said it, deleted or not.
select player_id from play.chat_messages where game_id = :game_id::uuid and id = :message_id::bigint;

-- name: recent(game_id, shown_ms, limit)
-- The last messages up to a moment, and all that came after it; oldest first.
with shown as (
    select id from play.chat_messages
    where game_id = :game_id::uuid and text is not null and created_at <= to_timestamp(:shown_ms::bigint / 1000.0)
    order by id desc limit :limit::int
)
select m.id, m.player_id, p.display_name, m.text, m.created_at, m.command_id, m.head
from play.chat_messages m join play.players p on p.id = m.player_id
where m.game_id = :game_id::uuid and m.text is not null and m.id >= coalesce((select min(id) from shown), 0)
order by m.id;

-- name: page(game_id, before, until_ms, limit)
-- The messages before an id and up to a moment (null: no bound), newest first.
select m.id, m.player_id, p.display_name, m.text, m.created_at, m.command_id, m.head
from play.chat_messages m join play.players p on p.id = m.player_id
where m.game_id = :game_id::uuid and m.text is not null
    and (:before::bigint is null or m.id < :before)
    and (:until_ms::bigint is null or m.created_at <= to_timestamp(:until_ms / 1000.0))
order by m.id desc limit :limit::int;

-- name: muted(game_id)
-- Who is muted.
select player_id from (
    select distinct on (player_id) player_id, muted
    from play.chat_moderation where game_id = :game_id::uuid and player_id is not null
    order by player_id, id desc
) newest where muted;
