"""The failure of a game that breaks a rule of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_HISTORY_LINES = 60


class Broken(AssertionError):
    """`rule`: the one that is broken; `detail`: how; `history`: what was done until then, one line each."""

    def __init__(self, rule: str, detail: str, history: Sequence[str] = ()) -> None:
        shown = list(history)
        if len(shown) > _HISTORY_LINES:
            shown = ["...", *shown[-_HISTORY_LINES:]]
        lines = [f"{rule}: {detail}", *(f"    {line}" for line in shown)]
        super().__init__("\n".join(lines))
        self.rule = rule
        self.detail = detail
        self.history = tuple(history)


@contextmanager
def never_raises(rule: str, what: str, history: Sequence[str]) -> Iterator[None]:
    """Any exception in the block breaks this rule."""
    try:
        yield
    except Broken:
        raise
    except Exception as error:
        raise Broken(rule, f"{what} raised {type(error).__name__}: {error}", history) from error
