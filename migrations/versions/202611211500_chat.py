"""The chat of the rooms. Unlike the event log its texts can be deleted; who deleted or muted what stays."""

from alembic import op

revision = "202611211500"
down_revision = "202611211400"
branch_labels = None
depends_on = None

# `head`: the index that the command is acknowledged with, so that it is the same ack whenever the command comes again.
_MESSAGES = """
create table play.chat_messages (
    id bigint generated always as identity primary key,
    game_id uuid not null references play.games (id),
    player_id uuid not null references play.players (id),
    command_id text not null,
    text text,
    head integer not null,
    created_at timestamptz not null,
    deleted_at timestamptz,
    deleted_by uuid references play.players (id),
    unique (game_id, player_id, command_id),
    check ((text is null) = (deleted_at is not null)),
    check ((deleted_at is null) = (deleted_by is null))
);

create index chat_messages_room_idx on play.chat_messages (game_id, id) where text is not null;
"""

_MODERATION = """
create table play.chat_moderation (
    id bigint generated always as identity unique,
    game_id uuid not null references play.games (id),
    actor_id uuid not null references play.players (id),
    command_id text not null,
    message_id bigint references play.chat_messages (id),
    player_id uuid references play.players (id),
    muted boolean,
    head integer not null,
    created_at timestamptz not null,
    primary key (game_id, actor_id, command_id),
    check ((message_id is null) <> (player_id is null)),
    check ((player_id is null) = (muted is null))
);
"""


def upgrade() -> None:
    op.execute(_MESSAGES)
    op.execute(_MODERATION)


def downgrade() -> None:
    op.execute("drop table play.chat_moderation")
    op.execute("drop table play.chat_messages")
