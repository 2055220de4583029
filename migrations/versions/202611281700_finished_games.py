"""Finished games: one outbox for everybody who does something once with a game that is over.

A consumer is a row of `finished_game_consumers`; the migration of a wing adds its own. The transaction that ends a game
adds a row to `finished_games` for each of them, so no server needs to know the consumers of another version. The queue
of games that wait for their ratings becomes the first of them.
"""

from alembic import op

revision = "202611281700"
down_revision = "202611211900"
branch_labels = None
depends_on = None

_UP = """
create table play.finished_game_consumers (
    name varchar(40) primary key,
    min_players integer not null check (min_players >= 1)
);

comment on column play.finished_game_consumers.min_players is 'Games with fewer players are not for this consumer.';

insert into play.finished_game_consumers (name, min_players) values ('ratings', 2);

create table play.finished_games (
    game_id uuid not null references play.games (id),
    consumer varchar(40) not null references play.finished_game_consumers (name),
    due_at timestamptz not null,
    primary key (game_id, consumer)
);

create index finished_games_due_idx on play.finished_games (consumer, due_at, game_id);

insert into play.finished_games (game_id, consumer, due_at) select game_id, 'ratings', due_at from play.rating_queue;

drop table play.rating_queue;
"""

_DOWN = """
create table play.rating_queue (
    game_id uuid primary key references play.games (id),
    due_at timestamptz not null
);

create index rating_queue_due_idx on play.rating_queue (due_at, game_id);

insert into play.rating_queue (game_id, due_at)
select game_id, due_at from play.finished_games where consumer = 'ratings';

drop table play.finished_games;

drop table play.finished_game_consumers;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
