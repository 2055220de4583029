"""Cores, CPU time and memory of processes on this machine. Reads /proc, so Linux only."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass, fields
from pathlib import Path

_FILES_WANTED = 65536


@dataclass(frozen=True, slots=True)
class Cores:
    """A core for the server and its database, another for the clients. None: this system can't pin processes."""

    server: int | None
    clients: int | None


def choose_cores() -> Cores:
    """Two different cores that this process may use."""
    if not hasattr(os, "sched_setaffinity"):
        return Cores(None, None)
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[-1]) if len(usable) > 1 else Cores(None, None)


def pin(core: int | None) -> None:
    """Run this process, and the children that it starts from now on, on this core only."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def allow_many_files() -> None:
    """Raise the limit for open files: every socket is one. Children inherit the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(_FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def model() -> str:
    """The processor's name and the number of cores."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    name = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
    return f"{os.cpu_count()} x {name}"


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """Seconds of CPU so far. `core_busy`, `clients_core_busy`: of the two cores, whichever process used them.

    `clients`: this process. The busy time of an unknown core is 0.
    """

    server: float
    database: float
    core_busy: float
    clients: float
    clients_core_busy: float

    def since(self, earlier: CpuTimes) -> CpuTimes:
        return CpuTimes(*(getattr(self, f.name) - getattr(earlier, f.name) for f in fields(self)))


def cpu_times(server_pid: int, postmaster_pid: int | None, cores: Cores) -> CpuTimes:
    """The CPU times of the server, of Postgres with all its processes, of this process, and of the cores."""
    clients = time.process_time()
    if not Path("/proc/self/stat").exists():
        return CpuTimes(0.0, 0.0, 0.0, clients, 0.0)
    database = 0.0
    if postmaster_pid is not None:
        # The postmaster's own times include its children that have ended.
        database = _seconds(postmaster_pid, with_ended_children=True)
        database += sum(_seconds(pid) for pid in children(postmaster_pid))
    return CpuTimes(_seconds(server_pid), database, _busy(cores.server), clients, _busy(cores.clients))


def _fields(pid: int) -> list[str] | None:
    """The fields after the name in /proc/PID/stat: state, parent, ...; None: the process has ended."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return line.rpartition(")")[2].split()


def _seconds(pid: int, *, with_ended_children: bool = False) -> float:
    fields = _fields(pid)
    if fields is None:
        return 0.0
    ticks = sum(int(field) for field in fields[11 : 15 if with_ended_children else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(parent: int) -> list[int]:
    """The process ids of its running children."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _fields(int(entry.name))
            if fields is not None and int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def memory_bytes(pid: int) -> int:
    """Proportional set size of a process. 0: it has ended, or may not be read."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _busy(core: int | None) -> float:
    if core is None:
        return 0.0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *numbers = line.split()
        if name == f"cpu{core}":
            user, nice, system, _, _, irq, softirq, steal, *_ = (int(number) for number in numbers)
            return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    return 0.0
