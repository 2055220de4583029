"""What a rebuild says: a line for people, all of it for machines."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

from server.play import limits
from server.play.rebuild.differences import Difference, LeftAlone, Report, row_differences

KEY = {"player_id": "p"}


def test_columns_and_rows() -> None:
    stored = {"mu": 25, "games": 3, "at": "2026-01-01T00:00:00.5+00:00", "other": 1}
    due = {"mu": 25.000000000001, "games": 4, "at": datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)}
    (found,) = row_differences("player_ratings", KEY, ("mu", "games", "at"), stored, due)
    assert str(found) == "play.player_ratings player_id=p: games is 3, computed 4"
    (later,) = row_differences("player_ratings", KEY, ("at",), stored, {"at": datetime(2026, 1, 1, tzinfo=UTC)})
    assert str(later).endswith("computed 2026-01-01T00:00:00+00:00")
    (missing,) = row_differences("player_ratings", KEY, ("games",), None, due)
    assert str(missing) == "play.player_ratings player_id=p: the row is missing"
    (extra,) = row_differences("player_ratings", KEY, ("games",), stored, None)
    assert str(extra) == "play.player_ratings player_id=p: there is no such row"
    assert row_differences("player_ratings", KEY, ("games",), None, None) == []


def test_few_are_kept_and_all_are_written() -> None:
    target = io.StringIO()
    report = Report(target)
    many = [Difference("game_players", {"game_id": str(n)}, "score", n, n + 1) for n in range(250)]
    report.add(many[:200])
    report.add(many[200:])
    report.leave([LeftAlone(str(n), "chess", "its rules are not installed here", False) for n in range(150)])
    report.leave([LeftAlone("x", "relay", "its log has gaps", True)])
    report.close(verify=True)
    assert (report.count, len(report.first), report.broken) == (250, limits.REBUILD_SHOWN_MAX, 1)
    told = json.loads(target.getvalue())
    assert [each["stored"] for each in told["differences"]] == list(range(250))
    assert (told["count"], told["by_table"], told["verify"]) == (250, {"game_players": 250}, True)
    assert [(each["count"], len(each["first"])) for each in told["left_alone"]] == [(150, 100), (1, 1)]


def test_nothing_to_say_is_json_too() -> None:
    target = io.StringIO()
    Report(target).close(verify=False)
    assert json.loads(target.getvalue())["differences"] == []
