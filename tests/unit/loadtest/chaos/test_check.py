"""The checker finds each kind of fault: every history here is correct except for one thing."""

from __future__ import annotations

from typing import Any

import pytest

from loadtest.chaos import check
from loadtest.chaos.check import Findings
from loadtest.chaos.history import Command, History, command_key
from loadtest.journal import Journal

ADA, BEN = "ada", "ben"


def said(index: int, by: str, text: str) -> dict[str, Any]:
    return {"index": index, "name": "said", "at": 1000 + index, "data": {"player_id": by, "data": text}}


def log() -> list[dict[str, Any]]:
    created = {"index": 0, "name": "game_created", "at": 1000, "data": {"game": "relay"}}
    return [created, said(1, ADA, "one"), said(2, BEN, "two"), said(3, ADA, "three"), said(4, BEN, "four")]


def command(by: str, text: str, index: int | None) -> Command:
    return Command(f"c-{text}", command_key("said", by, text), 1, None if index is None else (index, index))


def history(player_id: str, *commands: Command, events: list[dict[str, Any]] | None = None) -> History:
    made = History(player_id, player_id, commands=list(commands))
    for item in log() if events is None else events:
        made.event({"type": "event", **item})
    return made


def correct() -> list[History]:
    return [
        history(ADA, command(ADA, "one", 1), command(ADA, "three", 3)),
        history(BEN, command(BEN, "two", 2), command(BEN, "four", 4)),
    ]


def found(histories: list[History], items: list[dict[str, Any]]) -> dict[str, int]:
    findings = Findings()
    check.check_log(items, "room", findings)
    check.check_commands(histories, items, "room", findings)
    for one in histories:
        check.check_stream(one, items, one.player_id, findings)
    return {kind: count for kind, count in findings.counts.items() if count}


def test_correct_histories_pass() -> None:
    assert found(correct(), log()) == {}


def test_an_acked_command_that_is_not_in_the_log_is_lost() -> None:
    histories = correct()
    histories[0].commands.append(command(ADA, "five", 5))
    assert found(histories, log()) == {"lost": 2}  # by its ack, and by its contents


def test_a_truncated_log_is_lost() -> None:
    assert found(correct(), log()[:4])["lost"] >= 2


def test_an_acked_command_at_another_index_is_lost() -> None:
    histories = correct()
    histories[0].commands[0].ack = (3, 3)
    assert found(histories, log()) == {"lost": 1, "duplicated": 1}


def test_a_command_that_was_applied_twice_is_duplicated() -> None:
    items = [*log(), said(5, ADA, "one")]
    histories = correct()
    for one in histories:
        one.event(items[5])
    assert found(histories, items) == {"duplicated": 1}


def test_an_unanswered_command_may_be_in_the_log_once_or_not_at_all() -> None:
    for items in (log(), [*log(), said(5, ADA, "five")]):
        histories = correct()
        histories[0].commands.append(command(ADA, "five", None))
        assert found(histories, items) == {}
    items = [*log(), said(5, ADA, "five"), said(6, ADA, "five")]
    assert found(histories, items) == {"duplicated": 1}


def test_a_refused_command_may_not_be_in_the_log() -> None:
    histories = correct()
    histories[0].commands[0].ack = None
    histories[0].commands[0].refused = True
    assert found(histories, log()) == {"duplicated": 1}


def test_an_event_without_a_command_is_a_mismatch() -> None:
    histories = correct()
    del histories[1].commands[1]
    assert found(histories, log()) == {"mismatches": 1}


def test_two_acks_of_one_index_are_duplicated() -> None:
    histories = correct()
    histories[1].commands[0] = Command("c", command_key("said", BEN, "two"), 1, (2, 3))
    assert found(histories, log()) == {"duplicated": 1}


def test_a_gap_in_the_log_is_found() -> None:
    items = log()
    del items[2]
    assert found([], items) == {"gaps": 1}


def test_an_event_with_other_contents_is_a_mismatch() -> None:
    for change in ({"data": {"player_id": BEN, "data": "too"}}, {"at": 7}, {"name": "sad"}):
        events = log()
        events[2] |= change
        histories = [history(ADA, command(ADA, "one", 1), command(ADA, "three", 3), events=events), correct()[1]]
        assert found(histories, log()) == {"mismatches": 1}


def test_a_received_event_that_is_not_in_the_log_is_lost() -> None:
    items = [*log(), said(5, "cleo", "five")]
    assert found([*correct(), history(BEN, events=items)], log()) == {"lost": 1}


def test_clients_that_received_different_events_are_a_mismatch() -> None:
    ours, theirs = correct()
    theirs.digests[3] ^= 1
    assert found([ours, theirs], log()) == {"mismatches": 1}


def test_a_state_replaces_the_events_before_it() -> None:
    one = History(BEN, BEN)
    one.event(log()[0])
    one.state({"type": "state", "index": 3, "view": {}})
    one.event(log()[4])
    assert found([*correct(), one], log()) == {}


@pytest.mark.parametrize(
    ("indexes", "kind"), [((0, 1, 3), "gaps"), ((0, 1, 1), "duplicated"), ((0, 2, 1), "out_of_order")]
)
def test_a_wrong_sequence_of_events_is_found(indexes: tuple[int, ...], kind: str) -> None:
    journal, findings = Journal(), Findings()
    for index in indexes:
        journal.event(index)
    check.check_journal(journal, "ada", findings)
    assert findings.counts[kind] == 1


def test_two_different_acks_of_one_command_are_a_mismatch() -> None:
    journal, findings = Journal(), Findings()
    journal.ack("c1", 1, 1)
    journal.ack("c1", 2, 2)
    check.check_journal(journal, "ada", findings)
    assert findings.counts["mismatches"] == 1


def test_a_state_that_differs_from_the_log_is_a_mismatch() -> None:
    view = {"phase": "playing", "turn": {"player_id": ADA, "deadline_at": 1234}, "join_code": "ABCDEF"}
    folded = {"phase": "playing", "turn": {"player_id": ADA, "deadline_at": None}}
    findings = Findings()
    check.check_views([(5, view)], {5: folded}, "ada", findings)
    assert not findings.any  # no event contains the deadline or the code
    check.check_views([(5, view)], {5: {**folded, "phase": "lobby"}}, "ada", findings)
    assert findings.counts["mismatches"] == 1
    assert "phase" in findings.examples[0]


def test_scores_that_differ_from_the_rounds_are_a_mismatch() -> None:
    scored = {"index": 0, "name": "round_scored", "at": 1, "data": {"cumulative_scores": {ADA: 10}}}
    completed = {"index": 1, "name": "game_completed", "at": 2, "data": {"final_scores": {ADA: 10}}}
    for scores, summary, expected in ((10, 10, 0), (11, 10, 1), (10, 11, 1)):
        findings = Findings()
        scored["data"] = {"cumulative_scores": {ADA: scores}}
        check.check_scores([scored, completed], {"summary": {"final_scores": {ADA: summary}}}, "room", findings)
        assert findings.counts["mismatches"] == expected


def test_all_findings_are_counted_and_a_few_are_kept() -> None:
    findings = Findings()
    for number in range(100):
        findings.add("lost", str(number))
    findings.add("gaps", "one")
    findings.add("leaks", "none", 0)
    assert findings.counts["lost"] == 100
    assert len(findings.examples) == 11
