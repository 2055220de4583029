"""A room whose spectators are behind stays in the list of rooms until they have seen its end."""

from alembic import op

revision = "202611211300"
down_revision = "202611210900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table play.room_directory add column listed_until timestamptz")
    op.execute(
        "create index room_directory_listed_idx on play.room_directory (listed_until)"
        " where is_public and listed_until is not null"
    )


def downgrade() -> None:
    op.execute("alter table play.room_directory drop column listed_until")
