"""Clears away after a run that was killed itself: `python -m loadtest.chaos.cleanup FOLDER`.

A process of its own that waits until its standard input ends, which happens when the run is gone, however it went.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from loadtest.chaos.postgres import remove_run


def start_cleanup(folder: Path) -> subprocess.Popen[bytes]:
    """Start that process. It ends when its `stdin` is closed."""
    return subprocess.Popen(
        [sys.executable, "-m", "loadtest.chaos.cleanup", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


if __name__ == "__main__":
    sys.stdin.read()
    remove_run(Path(sys.argv[1]))
