"""Cleans up after a run that was itself killed: `python -m loadtest.chaos.cleanup FOLDER`.

A separate process that waits for the end of its standard input. The run holds the other end: it closes when the run
ends, in whatever way.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from loadtest.chaos.postgres import remove_run


def start_cleanup(folder: Path) -> subprocess.Popen[bytes]:
    """Start the process for this folder. It ends when its `stdin` is closed."""
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
