"""The processes that a snippet started, wherever they went: counted, measured, ended."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

MARK = "VAULTC_BENCH_MARK"
"""Variable by which a process that left its session is still known as ours."""
RESCAN = 1.0
"""Seconds between two looks at all processes of the system: between them only known ones are asked, which is cheap."""
_CHILD_SUBREAPER = 36  # of Linux' prctl


@dataclass(frozen=True, slots=True)
class Process:
    """A living process."""

    pid: int
    parent: int
    session: int
    pages: int


@contextmanager
def adopting() -> Iterator[frozenset[int]]:
    """Within it, orphans of our descent become our children instead of the system's. Gives the children we had before."""
    before = frozenset(_children_of(os.getpid()))
    _subreaper(1)
    try:
        yield before
    finally:
        _subreaper(0)


@dataclass(slots=True)
class Tree:
    """A leader, its session and its descent, orphans that we adopted, and whoever carries the mark."""

    leader: int
    mark: str
    strangers: frozenset[int] = frozenset()
    """Children of this process that have nothing to do with the leader."""
    _known: list[int] = field(default_factory=list)
    _scanned: float = -RESCAN

    def resident(self) -> tuple[int, int] | None:
        """Resident bytes, each page counted once for every process that has it, and number of processes; ``None`` where
        ``/proc`` is absent."""
        members = self._living()
        if members is None:
            return None
        return sum(member.pages for member in members) * os.sysconf("SC_PAGE_SIZE"), len(members)

    def proportional(self) -> int | None:
        """Resident bytes, each page counted once. Slower by far, and it holds up the processes that are asked."""
        sizes = [_proportional(pid) for pid in self._known]
        return sum(size for size in sizes if size is not None) if any(size is not None for size in sizes) else None

    def kill(self) -> None:
        """Stops, then kills, until none is left: a process that is stopped cannot start another meanwhile."""
        for _ in range(100):
            members = self.members()
            if members is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.leader, signal.SIGKILL)
                return
            if not members:
                return
            for order in (signal.SIGSTOP, signal.SIGKILL):
                for member in members:
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(member.pid, order)
            for member in members:
                self._reap(member)
            time.sleep(0.01)

    def members(self) -> list[Process] | None:
        """All of them, by a look at every process of the system; ``None`` where ``/proc`` is absent."""
        try:
            pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208 - pathlib is slow here
        except OSError:
            return None
        processes = {found.pid: found for pid in pids if (found := _process(pid))}
        chosen = {pid for pid, found in processes.items() if pid == self.leader or found.session == self.leader}
        chosen |= {pid for pid, found in processes.items() if found.parent == os.getpid()} - self.strangers
        if self.mark:
            chosen |= {pid for pid in processes if _carries(pid, self.mark)}
        grown = True
        while grown:
            more = {pid for pid, found in processes.items() if found.parent in chosen} - chosen
            chosen |= more
            grown = bool(more)
        return [processes[pid] for pid in chosen]

    def _living(self) -> Sequence[Process] | None:
        now = time.monotonic()
        if now - self._scanned < RESCAN:
            return [found for pid in self._known if (found := _process(pid))]
        members = self.members()
        self._scanned = now
        self._known = [member.pid for member in members or ()]
        return members

    def _reap(self, member: Process) -> None:
        if member.parent == os.getpid() and member.pid != self.leader:
            with suppress(ChildProcessError):
                os.waitpid(member.pid, os.WNOHANG)


def _process(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - read ten times a second beside a measurement
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else Process(pid, int(fields[1]), int(fields[3]), int(fields[21]))


def _proportional(pid: int) -> int | None:
    """A process's share of the pages that it has, in bytes."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return None


def _carries(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _children_of(parent: int) -> list[int]:
    with suppress(OSError):
        pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208 - as above
        return [pid for pid in pids if (found := _process(pid)) and found.parent == parent]
    return []


def _subreaper(on: int) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, on, 0, 0, 0)
