"""Values that are made on every move and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(kind: type[T]) -> type[T]:
    """A dataclass with slots that the type checker keeps from being changed.

    At run time nothing does: to make one of `dataclass(frozen=True)` takes four times as long, a named tuple more than
    one and a half times.
    """
    return dataclass(slots=True)(kind)
