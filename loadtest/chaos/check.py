"""The truth: what clients were told, held against the log. Pure; reads nothing and asks nobody."""

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
"""Broken promises. `other`: a service that was refused or did not come, without a reason."""

_EXAMPLES_MAX = 10  # of each kind; all are counted

Log = Sequence[Mapping[str, Any]]
"""Events as HTTP gives them: index, name, at, data."""


class Findings:
    """Counted by kind, with the first few in words."""

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
    """Its indexes are 0, 1, 2, ..."""
    for place, item in enumerate(log):
        if item["index"] != place:
            findings.add(GAPS, f"{where}: the log has {item['index']} where {place} was due")
            return


def check_journal(journal: Journal, where: str, findings: Findings) -> None:
    """What the order of the indexes tells alone."""
    example = f"{where}: {journal.problems[0]}" if journal.problems else ""
    findings.add(DUPLICATED, example, journal.duplicates)
    findings.add(OUT_OF_ORDER, example, journal.disorder)
    findings.add(GAPS, example, journal.gaps)
    if journal.problems and not (journal.duplicates or journal.disorder or journal.gaps):
        findings.add(MISMATCHES, example)  # two answers to one command, a state that goes back


def check_stream(history: History, log: Log, where: str, findings: Findings) -> None:
    """Every event came as it stands in the log (as this viewer may see it), and none that does not."""
    told = history.digests
    findings.add(LOST, f"{where}: was told of {len(told)} events, the log has {len(log)}", max(0, len(told) - len(log)))
    for index, item in enumerate(log[: len(told)]):
        if told[index] not in (NOT_RECEIVED, digest(item["name"], item["at"], item["data"])):
            findings.add(MISMATCHES, f"{where}: event {index} {item['name']} came with other contents")


def check_commands(histories: Iterable[History], log: Log, where: str, findings: Findings) -> None:
    """Each acked command stands in the log once and where its ack says; each other one at most once.

    `log` shows the values of all commands (no hidden ones among them).
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
            DUPLICATED, f"{said}: {found} in the log, {len(commands)} said", max(0, found - acked - open_ended)
        )
    ours = {history.player_id for history in histories}
    for key, found in standing.items():
        if key[1] in ours and key not in by_key:
            findings.add(MISMATCHES, f"{where}: nobody said {' '.join(key)[:120]}", found)


def _check_ack(
    command: Command, keys: Sequence[Any], claimed: dict[int, Command], where: str, findings: Findings
) -> None:
    assert command.ack is not None  # asked for acked commands only
    first, last = command.ack
    said = f"{where}: {' '.join(command.key)[:120]} was acked as {first} to {last}"
    if not 0 <= first <= last < len(keys):
        findings.add(LOST, f"{said}, the log has {len(keys)} events")
    elif keys[first] != command.key:
        findings.add(LOST, f"{said}; there stands {keys[first]}")
    for index in range(first, min(last, len(keys)) + 1):
        if claimed.setdefault(index, command) is not command:
            findings.add(DUPLICATED, f"{said}, and so was {claimed[index].id}")


def check_views(
    views: Iterable[tuple[int, Mapping[str, Any]]], folded: Mapping[int, Mapping[str, Any]], where: str, f: Findings
) -> None:
    """A view that was sent after event N is the fold of the log up to N."""
    for index, view in views:
        if logged(view) != logged(folded[index]):
            f.add(
                MISMATCHES, f"{where}: the state at {index} is not that of the log: {_difference(view, folded[index])}"
            )


def logged(view: Mapping[str, Any]) -> dict[str, Any]:
    """Without what stands in no event: the deadline of the turn, and the code of the room."""
    turn = view.get("turn")
    return {**view, "turn": None if turn is None else {**turn, "deadline_at": None}, "join_code": None}


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    one, other = logged(one), logged(other)
    keys = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
    return "; ".join(f"{key} {one.get(key)!r} and {other.get(key)!r}"[:200] for key in sorted(keys))


def check_scores(log: Log, game: Mapping[str, Any], where: str, findings: Findings) -> None:
    """The final scores are what the rounds of the log add up to, and what the summary says."""
    completed = log[-1]["data"] if log and log[-1]["name"] == "game_completed" else None
    if completed is None:
        findings.add(MISMATCHES, f"{where}: is completed, but its log does not end so")
        return
    rounds = [item["data"]["cumulative_scores"] for item in log if item["name"] == "round_scored"]
    summary = (game.get("summary") or {}).get("final_scores")
    if not rounds or rounds[-1] != completed["final_scores"] or summary != completed["final_scores"]:
        findings.add(MISMATCHES, f"{where}: the final scores are not those of its log")
