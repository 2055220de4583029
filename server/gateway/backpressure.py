"""Peers that don't take what is sent to them.

A transport is congested while bytes wait in user space because the kernel's buffer is full. Being congested is nothing
bad in itself: a slow line is for most of a large answer. What is cut is a peer that takes nothing at all.
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
    """What waits for one peer while its transport is congested, and whether it gets less.

    Progress is what the peer's machine has acknowledged. That goes on in small steps, also when a slow reader does not
    empty enough of the kernel's buffer to let us write for a while.
    """

    __slots__ = ("_checks", "_first", "_handed", "_stalled", "_taken", "_timer", "_transport")

    def __init__(self, transport: asyncio.Transport, stalled: Callable[[], None]) -> None:
        """From now on every write makes the transport call `pause_writing` if something of it has to wait."""
        transport.set_write_buffer_limits(high=0)
        self._transport = transport
        self._stalled = stalled  # called when nothing was taken for NO_PROGRESS_S
        self._first = 0  # bytes that waited when it became congested: the rest of one write
        self._handed = 0  # those and all that came behind them
        self._taken = 0  # of those
        self._checks = 0  # without progress
        self._timer: asyncio.TimerHandle | None = None

    @property
    def added(self) -> int:
        """Bytes that wait behind the write that filled the kernel's buffer, which may have been a long replay."""
        return min(self._handed - self._first, self._transport.get_write_buffer_size())

    def begin(self) -> None:
        """The transport is congested: watch it."""
        self._first = self._handed = self._transport.get_write_buffer_size()
        self._taken = self._progress()
        self._checks = 0
        self._later()

    def add(self, size: int) -> None:
        """So many bytes are about to be written although it is congested."""
        self._handed += size

    def end(self) -> None:
        """Nothing waits any more, or the connection is gone."""
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
        """Bytes that were written and are not acknowledged; 0 where the kernel doesn't tell."""
        if sys.platform == "win32":
            return 0
        socket = self._transport.get_extra_info("socket")
        answer = array.array("i", [0])
        try:
            fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, answer)
        except OSError:
            return 0
        return answer[0]
