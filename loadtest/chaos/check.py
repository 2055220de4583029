"""Compares what clients received with the log. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loadtest.chaos.history import NOT_RECEIVED, Command, History, digest, event_key
from loadtest.journal import Journal

LOST, DUPLICATED, GAPS, OUT_OF_ORDER, LEAKS, MISMATCHES, OTHER = KINDS = (
    "lost",
    "duplicated",
    "gaps",
    "out_of_order",
    "leaks",
    "mismatches",
    "other",
)
"""Broken guarantees. `other`: something was refused or not served without a reason."""

_EXAMPLES_MAX = 10  # of each kind; all are counted

Log = Sequence[Mapping[str, Any]]
"""Events as HTTP returns them: index, name, at, data."""


class Findings:
    """Counts by kind, and a few examples as text."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(KINDS, 0)
        self.examples: list[str] = []

    def add(self, kind: str, example: str, count: int = 1) -> None:
        if count:
            self.counts[kind] += count
            if sum(known.startswith(f"{kind}: ") for known in self.examples) < _EXAMPLES_MAX:
                self.examples.append(f"{kind}: {example}")

    @property
    def any(self) -> bool:
        return any(self.counts.values())


def check_log(log: Log, where: str, findings: Findings) -> None:
    """The indexes of the log are 0, 1, 2, ..."""
    for place, item in enumerate(log):
        if item["index"] != place:
            findings.add(GAPS, f"{where}: the log has event {item['index']} in place of {place}")
            return


def check_journal(journal: Journal, where: str, findings: Findings) -> None:
    """The problems that the sequence of indexes shows by itself."""
    example = f"{where}: {journal.problems[0]}" if journal.problems else ""
    findings.add(DUPLICATED, example, journal.duplicates)
    findings.add(OUT_OF_ORDER, example, journal.disorder)
    findings.add(GAPS, example, journal.gaps)
    if journal.problems and not (journal.duplicates or journal.disorder or journal.gaps):
        findings.add(MISMATCHES, example)  # two different acks of one command, or a state that goes back


def check_stream(history: History, log: Log, where: str, findings: Findings) -> None:
    """Every received event equals that of the log (as this viewer may see it), and none is missing in the log."""
    told = history.digests
    findings.add(LOST, f"{where}: received {len(told)} events, the log has {len(log)}", max(0, len(told) - len(log)))
    for index, item in enumerate(log[: len(told)]):
        if told[index] not in (NOT_RECEIVED, digest(item["name"], item["at"], item["data"])):
            findings.add(MISMATCHES, f"{where}: event {index} {item['name']} had other contents")


def check_commands(histories: Iterable[History], log: Log, where: str, findings: Findings) -> None:
    """Each acked command is in the log once, at the index of its ack; each other command at most once.

    `log` contains the values of all commands: none of them is hidden.
    """
    by_key: dict[Any, list[Command]] = {}
    claimed: dict[int, Command] = {}
    keys = [event_key(item["name"], item["data"]) for item in log]
    standing = Counter(key for key in keys if key is not None)
    for history in histories:
        for command in history.commands:
            by_key.setdefault(command.key, []).append(command)
            if command.ack is not None:
                _check_ack(command, keys, claimed, where, findings)
    for key, commands in by_key.items():
        acked = sum(command.ack is not None for command in commands)
        open_ended = sum(command.ack is None and not command.refused for command in commands)
        found, said = standing[key], f"{where}: {' '.join(key)[:120]}"
        findings.add(LOST, f"{said}: {acked} acked, {found} in the log", max(0, acked - found))
        findings.add(
            DUPLICATED, f"{said}: {found} in the log, {len(commands)} sent", max(0, found - acked - open_ended)
        )
    ours = {history.player_id for history in histories}
    for key, found in standing.items():
        if key[1] in ours and key not in by_key:
            findings.add(MISMATCHES, f"{where}: nobody sent {' '.join(key)[:120]}", found)


def _check_ack(
    command: Command, keys: Sequence[Any], claimed: dict[int, Command], where: str, findings: Findings
) -> None:
    assert command.ack is not None  # called for acked commands only
    first, last = command.ack
    said = f"{where}: {' '.join(command.key)[:120]} was acked as {first} to {last}"
    if not 0 <= first <= last < len(keys):
        findings.add(LOST, f"{said}, the log has {len(keys)} events")
    elif keys[first] != command.key:
        findings.add(LOST, f"{said}; the log has {keys[first]}")
    for index in range(first, min(last, len(keys)) + 1):
        if claimed.setdefault(index, command) is not command:
            findings.add(DUPLICATED, f"{said}, and so was {claimed[index].id}")


def check_views(
    views: Iterable[tuple[int, Mapping[str, Any]]], folded: Mapping[int, Mapping[str, Any]], where: str, f: Findings
) -> None:
    """A view that was sent after event N equals the fold of the log up to N."""
    for index, view in views:
        if without_unlogged(view) != without_unlogged(folded[index]):
            f.add(MISMATCHES, f"{where}: the state at {index} differs from the log: {_difference(view, folded[index])}")


def without_unlogged(view: Mapping[str, Any]) -> dict[str, Any]:
    """The view without what no event contains: the deadline of the turn, and the join code."""
    turn = view.get("turn")
    return {**view, "turn": None if turn is None else {**turn, "deadline_at": None}, "join_code": None}


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    one, other = without_unlogged(one), without_unlogged(other)
    keys = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
    return "; ".join(f"{key} {one.get(key)!r} and {other.get(key)!r}"[:200] for key in sorted(keys))


def check_scores(log: Log, game: Mapping[str, Any], where: str, findings: Findings) -> None:
    """The final scores equal those of the last round in the log, and those of the summary."""
    completed = log[-1]["data"] if log and log[-1]["name"] == "game_completed" else None
    if completed is None:
        findings.add(MISMATCHES, f"{where}: is completed, but its log does not end with game_completed")
        return
    rounds = [item["data"]["cumulative_scores"] for item in log if item["name"] == "round_scored"]
    summary = (game.get("summary") or {}).get("final_scores")
    if not rounds or rounds[-1] != completed["final_scores"] or summary != completed["final_scores"]:
        findings.add(MISMATCHES, f"{where}: the final scores differ from its log")
