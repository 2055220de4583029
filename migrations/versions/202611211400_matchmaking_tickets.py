"""Matchmaking that survives a crash: who has asked for a seat and what became of it, and when bots fill a room.

A ticket is `waiting` until its seat is in the log of a room, and becomes `matched` in that very transaction. It is
`cancelled` when the player gives the seat (or the waiting) up, and `expired` when nobody came back for it.
"""

from alembic import op

revision = "202611211400"
down_revision = "202611211300"
branch_labels = None
depends_on = None

_TICKETS = """
create table play.matchmaking_tickets (
    id uuid primary key default gen_random_uuid(),
    player_id uuid not null references play.players (id),
    game text not null,
    bots boolean not null default false,
    status text not null default 'waiting' check (status in ('waiting', 'matched', 'cancelled', 'expired')),
    game_id uuid references play.games (id),
    seat integer,
    created_at timestamptz not null default now(),
    asked_at timestamptz not null default now(),
    matched_at timestamptz,
    check (status <> 'waiting' or game_id is null),
    check (status <> 'matched' or (game_id is not null and seat is not null and matched_at is not null))
);

create unique index matchmaking_tickets_waiting_idx on play.matchmaking_tickets (player_id, game)
    where status = 'waiting';
create index matchmaking_tickets_asked_idx on play.matchmaking_tickets (asked_at) where status = 'waiting';
create index matchmaking_tickets_player_idx on play.matchmaking_tickets (player_id, game, created_at);
create index matchmaking_tickets_game_idx on play.matchmaking_tickets (game_id) where status = 'matched';
"""

_FILL = """
alter table play.room_directory add column fill_at timestamptz;
create index room_directory_fill_idx on play.room_directory (game_id) where fill_at is not null and closed_at is null;
"""


def upgrade() -> None:
    op.execute(_TICKETS)
    op.execute(_FILL)


def downgrade() -> None:
    op.execute("drop index play.room_directory_fill_idx")
    op.execute("alter table play.room_directory drop column fill_at")
    op.execute("drop table play.matchmaking_tickets")
