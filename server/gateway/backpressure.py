"""Peers that don't read what is sent to them.

A transport is congested while bytes wait in user space because the kernel's buffer is full. That alone is no fault: a
slow line is congested for most of a large answer. A peer is cut when it reads nothing at all.
"""

from __future__ import annotations

import array
import asyncio
import sys
from collections.abc import Callable

from server import limits

if sys.platform != "win32":
    import fcntl
    import termios

_CHECKS = 5
_CHECK_S = limits.NO_PROGRESS_S / _CHECKS


class Backlog:
    """What waits for one peer while its transport is congested, and whether the peer makes progress.

    Progress is what the peer's machine has acknowledged. It grows in small steps, even while a slow reader does not
    empty enough of the kernel's buffer for the next write.
    """

    __slots__ = ("_checks", "_first", "_handed", "_stalled", "_taken", "_timer", "_transport")

    def __init__(self, transport: asyncio.Transport, stalled: Callable[[], None]) -> None:
        """From now on the transport calls `pause_writing` whenever a part of a write has to wait.

        `stalled` is called when the peer took nothing for NO_PROGRESS_S.
        """
        transport.set_write_buffer_limits(high=0)
        self._transport = transport
        self._stalled = stalled
        self._first = 0  # bytes that waited when it became congested: the rest of one write
        self._handed = 0  # those, and everything written since
        self._taken = 0  # of those, by the peer
        self._checks = 0  # without progress
        self._timer: asyncio.TimerHandle | None = None

    @property
    def added(self) -> int:
        """Bytes that wait behind the write that filled the kernel's buffer. (That one may have been a long replay.)"""
        return min(self._handed - self._first, self._transport.get_write_buffer_size())

    def begin(self) -> None:
        """The transport is congested: watch it."""
        self._first = self._handed = self._transport.get_write_buffer_size()
        self._taken = self._progress()
        self._checks = 0
        self._later()

    def add(self, size: int) -> None:
        """`size` bytes are about to be written although the transport is congested."""
        self._handed += size

    def end(self) -> None:
        """Nothing waits any more, or the connection is gone: stop watching."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_CHECK_S, self._check)

    def _check(self) -> None:
        taken = self._progress()
        if taken > self._taken:
            self._taken, self._checks = taken, 0
        else:
            self._checks += 1
        if self._checks < _CHECKS:
            self._later()
        else:
            self._stalled()

    def _progress(self) -> int:
        return self._handed - self._transport.get_write_buffer_size() - self._in_kernel()

    def _in_kernel(self) -> int:
        """Bytes that were written and are not acknowledged; 0 where the kernel doesn't say."""
        if sys.platform == "win32":
            return 0
        socket = self._transport.get_extra_info("socket")
        answer = array.array("i", [0])
        try:
            fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, answer)
        except OSError:
            return 0
        return answer[0]
