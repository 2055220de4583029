"""What operators have done and looked at through the server: only ever added to."""

from alembic import op

revision = "202611211820"
down_revision = "202611211500"
branch_labels = None
depends_on = None

# No foreign keys: what was done is kept, whatever becomes of the room and of the player.
_ACTIONS = """
create table play.operator_actions (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    address text not null,
    action text not null check (action in ('reveal', 'pause', 'resume', 'close', 'kick', 'message')),
    game_id uuid not null,
    player_id uuid,
    reason text not null,
    check ((player_id is not null) = (action = 'kick'))
);

create index operator_actions_game_idx on play.operator_actions (game_id, id);
"""


def upgrade() -> None:
    op.execute(_ACTIONS)


def downgrade() -> None:
    op.execute("drop table play.operator_actions")
