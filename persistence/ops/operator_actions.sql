-- What operators have done.

-- name: add_action(address, action, game_id, player_id, reason)!
-- One action more; nothing of this table is ever changed.
insert into play.operator_actions (address, action, game_id, player_id, reason)
values (:address, :action, :game_id::uuid, :player_id::uuid, :reason);

-- name: list_actions(game_id, before, limit)
-- The newest first, those older than `before`; `game_id` null: of all rooms.
select id, at, address, action, game_id, player_id, reason from play.operator_actions
where (:game_id::uuid is null or game_id = :game_id::uuid) and (:before::bigint is null or id < :before::bigint)
order by id desc limit :limit;
