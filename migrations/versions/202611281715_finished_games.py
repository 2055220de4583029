"""After a game: the queue of the ratings becomes one queue for everybody who goes on from finished games.

`rating_queue` stays as a view for a server of the version before that still serves: what it puts in and takes out is a
row of `finished_games`. A later migration drops the view and the default of `consumer`.
"""

from alembic import op

revision = "202611281715"
down_revision = "202611211900"
branch_labels = None
depends_on = None

# The transaction that ends a game reads which consumers there are, so that each gets the game whichever server ended
# it. No foreign key to them: its lock would make that transaction wait for the holder of a consumer's row.
_EXPAND = """
create table play.game_consumers (
    name text primary key,
    players_min integer not null
);

insert into play.game_consumers values ('ratings', 2);

create table play.finished_games (
    game_id uuid not null references play.games (id),
    consumer text not null default 'ratings',
    due_at timestamptz not null,
    primary key (game_id, consumer)
);

create index finished_games_due_idx on play.finished_games (consumer, due_at, game_id);

insert into play.finished_games (game_id, due_at) select game_id, due_at from play.rating_queue;

drop table play.rating_queue;

create view play.rating_queue as
    select game_id, due_at from play.finished_games where consumer = 'ratings';
"""

_BACK = """
drop view play.rating_queue;

create table play.rating_queue (
    game_id uuid primary key references play.games (id),
    due_at timestamptz not null
);

create index rating_queue_due_idx on play.rating_queue (due_at, game_id);

insert into play.rating_queue select game_id, due_at from play.finished_games where consumer = 'ratings';

drop table play.finished_games;

drop table play.game_consumers;
"""


def upgrade() -> None:
    op.execute(_EXPAND)


def downgrade() -> None:
    op.execute(_BACK)
