"""Fills a database with copies of a played game, by SQL."""

from __future__ import annotations

from typing import Any, TypeAlias

import psycopg

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_COPIES = """
create temp table copies as
    select (lpad(to_hex(at_ms), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid as id
    from (select (1000 * extract(epoch from date_trunc('month', now() at time zone 'UTC') at time zone 'UTC')
        + %(first)s + place)::bigint as at_ms from generate_series(1, %(copies)s) place) this_month;
insert into play.games (id, game, rules_version, config, session_seed, status, last_event_index, created_at, started_at,
        completed_at)
    select c.id, g.game, g.rules_version, g.config, g.session_seed, g.status, g.last_event_index, g.created_at,
        g.started_at, g.completed_at
    from copies c, play.games g where g.id = %(game)s;
insert into play.room_directory (game_id, join_code, is_public, max_players, current_players)
    select c.id, upper(substr(replace(c.id::text, '-', ''), 1, 12)), false, r.max_players, r.current_players
    from copies c, play.room_directory r where r.game_id = %(game)s and r.closed_at is null;
insert into play.game_events (game_id, event_index, type, payload, created_at, actor_id)
    select c.id, e.event_index, e.type, e.payload, e.created_at, e.actor_id
    from copies c, play.game_events e where e.game_id = %(game)s;
insert into play.game_summaries (game_id, players, rounds, final_scores, created_at)
    select c.id, s.players, s.rounds, s.final_scores, s.created_at
    from copies c, play.game_summaries s where s.game_id = %(game)s;
drop table copies
"""
# Ids are UUIDs of version 7 (RFC 9562, 5.7) of this month in ascending order, as the server makes them: they decide in
# which partition the events are and at which end of its index.
_AT_ONCE = 2_000  # copies in one transaction


class Filling:
    """The database at `url`. It must contain a finished game, or a running one, to copy."""

    def __init__(self, url: str) -> None:
        self._url = url

    def finished_games(self, events: int) -> int:
        """Copy the finished game until the table has `events` events; returns the actual number."""
        with self._connected() as db:
            game, length = self._sample(db, "completed")
            there = self._count(db)
            self._copy(db, game, max(0, (events - there) // length), there // length)
            return self._count(db)

    def unfinished_games(self, count: int) -> int:
        """Copy the running game until there are `count` running games; returns the actual number."""
        with self._connected() as db:
            game, _ = self._sample(db, "in_progress")
            there = self._running(db)
            self._copy(db, game, max(0, count - there), there)
            return self._running(db)

    def some_finished(self, count: int) -> list[str]:
        """The ids of `count` random finished games."""
        with self._connected() as db:
            found = db.execute(
                "select id::text from play.games where status = 'completed' order by md5(id::text) limit %s", (count,)
            )
            return [row[0] for row in found.fetchall()]

    def _connected(self) -> Connection:
        return psycopg.connect(self._url, autocommit=True)

    def _sample(self, db: Connection, status: str) -> tuple[str, int]:
        row = db.execute(
            "select id::text, last_event_index + 1 from play.games where status = %s order by created_at limit 1",
            (status,),
        ).fetchone()
        if row is None:
            raise RuntimeError(f"there is no game that is {status}")
        return row[0], row[1]

    def _copy(self, db: Connection, game: str, copies: int, first: int) -> None:
        """`first`: number of copies that exist already."""
        while copies > 0:
            part = min(copies, _AT_ONCE)
            with db.transaction():
                for statement in _COPIES.split(";"):
                    db.execute(statement, {"game": game, "copies": part, "first": first}, prepare=False)
            copies -= part
            first += part
        db.execute("analyze")

    def _count(self, db: Connection) -> int:
        row = db.execute("select count(*) from play.game_events").fetchone()
        return 0 if row is None else int(row[0])

    def _running(self, db: Connection) -> int:
        row = db.execute("select count(*) from play.games where status = 'in_progress'").fetchone()
        return 0 if row is None else int(row[0])
