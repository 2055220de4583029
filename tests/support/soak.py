"""How long the long tests are: `make test` does a part of each, `make soak` the whole of it."""

from __future__ import annotations

import os

WHOLE = os.environ.get("TEST_SOAK") == "whole"


def amount(*, usual: int, soak: int) -> int:
    """How many of something: `soak` in `make soak`, otherwise `usual`."""
    return soak if WHOLE else usual
