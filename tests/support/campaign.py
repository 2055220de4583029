"""How long the long tests are. `make test` does a part of each campaign, `make campaign` the whole of it."""

from __future__ import annotations

import os

WHOLE = os.environ.get("TEST_CAMPAIGN") == "whole"


def part(whole: int, usual: int) -> int:
    """So many of something: `whole` in a campaign, otherwise `usual`."""
    return whole if WHOLE else usual
