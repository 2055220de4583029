"""Statistics that can be computed again: the order of a player's games, figures per game, ratings.

Earlier games get their order by the moments at which they ended; for a player who ended several at the same moment,
streaks are counted anew in that order. Ratings of those games are computed by the server, the oldest first.
"""

from alembic import op

revision = "202611211900"
down_revision = "202611211820"
branch_labels = None
depends_on = None

# The defaults are for a server of the version before that still serves: `parlor rebuild` gives its rows their numbers.
_ORDER = """
alter table play.game_players
    add column played_no integer not null default 0,
    add column with_bots boolean not null default false;

update play.game_players p
set played_no = o.played_no, with_bots = o.with_bots
from (
    select r.game_id, r.player_id, bool_or(b.is_bot) over (partition by r.game_id) as with_bots,
        row_number() over (partition by r.player_id order by r.completed_at, r.game_id) as played_no
    from play.game_players r join play.players b on b.id = r.player_id
) o
where o.game_id = p.game_id and o.player_id = p.player_id;
"""

# The indexes of the leaderboards hold what they are ordered by negated, so that the place where a page ended is one
# comparison of rows. A share of wins is only worth something after some games: the second index of it has just those.
# Who asks for those who have played very much is answered by the number of games: they are few.
_FIGURES = """
alter table play.player_lifetime_stats
    add column games_with_bots integer not null default 0,
    add column wins_with_bots integer not null default 0,
    add column win_rate float8 generated always as (games_won::float8 / nullif(games_played, 0)) stored;

create table play.player_game_stats (
    player_id uuid not null references play.players (id),
    game text not null,
    games_played integer not null default 0,
    games_won integer not null default 0,
    games_with_bots integer not null default 0,
    wins_with_bots integer not null default 0,
    highest_score integer,
    lowest_score integer,
    total_points bigint not null default 0,
    total_tricks_won bigint not null default 0,
    total_misplays bigint not null default 0,
    current_win_streak integer not null default 0,
    current_loss_streak integer not null default 0,
    most_consecutive_wins integer not null default 0,
    most_consecutive_losses integer not null default 0,
    last_game_at timestamptz,
    win_rate float8 generated always as (games_won::float8 / nullif(games_played, 0)) stored,
    primary key (player_id, game)
);
"""

_BOARDS = {
    "wins": "games_won",
    "win_rate": "win_rate",
    "highest_score": "highest_score",
    "total_points": "total_points",
    "total_tricks_won": "total_tricks_won",
}

_FILL = """
insert into play.player_game_stats (player_id, game, games_played, games_won, games_with_bots, wins_with_bots,
    highest_score, lowest_score, total_points, total_tricks_won, total_misplays, current_win_streak,
    current_loss_streak, most_consecutive_wins, most_consecutive_losses, last_game_at)
with ordered as (
    select *, row_number() over (partition by player_id, game order by played_no) as place,
        row_number() over (partition by player_id, game, is_winner order by played_no) as place_of_kind
    from play.game_players
),
runs as (
    select player_id, game, is_winner, count(*) as games, max(place) as ended
    from ordered group by player_id, game, is_winner, place - place_of_kind
),
totals as (
    select player_id, game, count(*) as games, count(*) filter (where is_winner) as won,
        count(*) filter (where with_bots) as with_bots,
        count(*) filter (where with_bots and is_winner) as won_with_bots,
        max(score) as highest, min(score) as lowest, sum(score) as points, sum(tricks_won) as tricks,
        sum(misplays) as misplays, max(completed_at) as last_at
    from ordered group by player_id, game
),
streaks as (
    select r.player_id, r.game,
        coalesce(max(r.games) filter (where r.is_winner and r.ended = t.games), 0) as wins_now,
        coalesce(max(r.games) filter (where not r.is_winner and r.ended = t.games), 0) as losses_now,
        coalesce(max(r.games) filter (where r.is_winner), 0) as wins_most,
        coalesce(max(r.games) filter (where not r.is_winner), 0) as losses_most
    from runs r join totals t using (player_id, game) group by r.player_id, r.game
)
select player_id, game, games, won, with_bots, won_with_bots, highest, lowest, points, tricks, misplays, wins_now,
    losses_now, wins_most, losses_most, last_at
from totals join streaks using (player_id, game);

with ordered as (
    select *, row_number() over (partition by player_id, is_winner order by played_no) as place_of_kind
    from play.game_players
),
runs as (
    select player_id, is_winner, count(*) as games, max(played_no) as ended
    from ordered group by player_id, is_winner, played_no - place_of_kind
),
totals as (
    select player_id, count(*) as games, count(*) filter (where with_bots) as with_bots,
        count(*) filter (where with_bots and is_winner) as won_with_bots
    from ordered group by player_id
),
streaks as (
    select r.player_id, t.with_bots, t.won_with_bots,
        coalesce(max(r.games) filter (where r.is_winner and r.ended = t.games), 0) as wins_now,
        coalesce(max(r.games) filter (where not r.is_winner and r.ended = t.games), 0) as losses_now,
        coalesce(max(r.games) filter (where r.is_winner), 0) as wins_most,
        coalesce(max(r.games) filter (where not r.is_winner), 0) as losses_most
    from runs r join totals t using (player_id) group by r.player_id, t.games, t.with_bots, t.won_with_bots
)
update play.player_lifetime_stats s
set games_with_bots = o.with_bots, wins_with_bots = o.won_with_bots, current_win_streak = o.wins_now,
    current_loss_streak = o.losses_now, most_consecutive_wins = o.wins_most, most_consecutive_losses = o.losses_most
from streaks o
where o.player_id = s.player_id;
"""

# A game waits in `rating_queue` from the transaction that ended it to the one that rates it. `rating_clock` has one
# row: the holder of its lock rates games, and it says how many games are rated.
_RATINGS = """
create table play.player_ratings (
    player_id uuid not null references play.players (id),
    game text not null,
    pool text not null check (pool in ('people', 'bots')),
    mu float8 not null,
    sigma float8 not null,
    games integer not null,
    last_game_at timestamptz not null,
    primary key (player_id, game, pool)
);

create index player_ratings_board_idx on play.player_ratings
    (game, pool, ((-mu)::float8), last_game_at, player_id);

create index player_ratings_games_idx on play.player_ratings (game, pool, games);

create table play.rating_history (
    game_id uuid not null references play.games (id),
    player_id uuid not null references play.players (id),
    game text not null,
    pool text not null check (pool in ('people', 'bots')),
    rated_no bigint not null,
    mu_before float8 not null,
    sigma_before float8 not null,
    mu_after float8 not null,
    sigma_after float8 not null,
    completed_at timestamptz not null,
    primary key (game_id, player_id)
);

create index rating_history_player_idx on play.rating_history (player_id, rated_no desc);

create table play.rating_queue (
    game_id uuid primary key references play.games (id),
    due_at timestamptz not null
);

create index rating_queue_due_idx on play.rating_queue (due_at, game_id);

create table play.rating_clock (
    only_one boolean primary key default true check (only_one),
    rated bigint not null
);

insert into play.rating_clock (rated) values (0);

insert into play.rating_queue (game_id, due_at)
select g.id, g.completed_at + make_interval(secs => coalesce((g.config ->> 'spectator_delay_s')::int, 0))
from play.games g
where g.completed_at is not null and (select count(*) from play.game_players p where p.game_id = g.id) > 1;
"""


def upgrade() -> None:
    op.execute(_ORDER)
    op.execute(_FIGURES)
    op.execute(_FILL)
    for metric, column in _BOARDS.items():
        order = f"((-{column})\\:\\:float8), last_game_at, player_id"
        op.execute(f"create index player_lifetime_stats_{metric}_idx on play.player_lifetime_stats ({order})")
        op.execute(f"create index player_game_stats_{metric}_idx on play.player_game_stats (game, {order})")
    order = "((-win_rate)\\:\\:float8), last_game_at, player_id"
    practised = "where games_played >= 10"
    op.execute(f"create index player_lifetime_stats_practised_idx on play.player_lifetime_stats ({order}) {practised}")
    op.execute(f"create index player_game_stats_practised_idx on play.player_game_stats (game, {order}) {practised}")
    op.execute("create index player_lifetime_stats_games_idx on play.player_lifetime_stats (games_played)")
    op.execute("create index player_game_stats_games_idx on play.player_game_stats (game, games_played)")
    op.execute(_RATINGS)


def downgrade() -> None:
    for table in ("rating_clock", "rating_queue", "rating_history", "player_ratings", "player_game_stats"):
        op.execute(f"drop table play.{table}")
    op.execute(
        "alter table play.player_lifetime_stats drop column win_rate, drop column games_with_bots,"
        " drop column wins_with_bots"
    )
    for column in ("wins", "highest_score", "total_points", "total_tricks_won", "games"):
        op.execute(f"drop index play.player_lifetime_stats_{column}_idx")
    op.execute("alter table play.game_players drop column played_no, drop column with_bots")
