"""A snippet in several processes at once: rank 0 measures, the others do whatever it does.

All run the same file. Where rank 0 sets a case up or calls it, it tells the others first, and they do the same, so that
both sides of a collective call meet, however often the harness decides to sample.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import socket
import struct
import subprocess
import sys
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import IO, Any

from vaultc.bench.harness.device import Machine, open_machine
from vaultc.bench.records.model import Claim, Device, Param
from vaultc.bench.records.results import Results, rehearsed
from vaultc.bench.snippet.case import Case
from vaultc.bench.snippet.sweep import RANK, RANKS, Measured, Sweep, use

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


@dataclass
class Team:
    """The other processes, as rank 0 speaks to them. Alone, it speaks to nobody."""

    pipes: Sequence[IO[str]] = ()
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def lead(self, sweep: Sweep) -> Sweep:
        """The sweep whose set-up and calls the others join."""
        if not self.pipes:
            return sweep

        def make(**setting: Param) -> Measured:
            number = next(self._numbers)
            self._tell("make", sweep.name, setting, number)
            made = sweep.make(**setting)
            if not isinstance(made, Case):
                return made

            def run() -> object:
                self._tell("run", number)
                return made.run()

            weakref.finalize(run, self._tell, "drop", number)
            return replace(made, run=run)

        return replace(sweep, make=make)

    def end(self, sweep: Sweep) -> None:
        """Lets the others go on behind this sweep."""
        self._tell("end", sweep.name)

    def _tell(self, *words: object) -> None:
        line = json.dumps(words) + "\n"
        for pipe in self.pipes:
            with suppress(OSError, ValueError):  # it died, which the next collective call will say better
                pipe.write(line)
                pipe.flush()


class Follower:
    """The session of the other ranks."""

    def __init__(self, orders: IO[str], machine: Machine, seed: int) -> None:
        self._orders = orders
        self._machine = machine
        self._seed = seed
        self._cases: dict[int, Case] = {}

    def measure(self, sweep: Sweep) -> Results:
        for line in self._orders:
            what, *words = json.loads(line)
            if what == "end":
                return rehearsed(sweep.name, sweep.settings)
            self._obey(sweep, what, words)
        raise SystemExit  # rank 0 is gone

    def claim(self, claim: Claim) -> None:
        """Rank 0 claims."""

    def _obey(self, sweep: Sweep, what: str, words: Sequence[Any]) -> None:
        if what == "make":
            _, setting, number = words
            self._machine.seed(self._seed)
            made = sweep.make(**setting)
            if isinstance(made, Case):
                self._cases[number] = made
        elif what == "run" and words[0] in self._cases:
            self._cases[words[0]].run()
        elif what == "drop":
            self._cases.pop(words[0], None)


@contextmanager
def team(processes: int, code: str, device: Device, seed: int) -> Iterator[Team]:
    """The team of a snippet's file; the others are gone afterwards. Tells this process and them who they are."""
    if processes < 2:
        yield Team()
        return
    _raise_loopback()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    threads = max(1, int(os.environ.get("OMP_NUM_THREADS", "1")) // processes)
    os.environ |= _surroundings(0, processes, port, threads)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "vaultc.bench.harness.ranks", code, device, str(seed)],
            stdin=subprocess.PIPE, text=True, env={**os.environ, **_surroundings(rank, processes, port, threads)},
        )
        for rank in range(1, processes)
    ]  # fmt: skip
    try:
        yield Team([process.stdin for process in started if process.stdin])
    finally:
        for process in started:
            if process.stdin:
                with suppress(OSError):
                    process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()


def _surroundings(rank: int, processes: int, port: int, threads: int) -> Mapping[str, str]:
    """What ``torch.distributed`` reads (``env://``), and what ``bench.rank()`` says."""
    return {
        RANK: str(rank), RANKS: str(processes), "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(processes),
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": str(threads),
    }  # fmt: skip


def _raise_loopback() -> None:
    """A process without network has a loopback, too, but it is down."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        name = b"lo".ljust(16, b"\0")
        (flags,) = struct.unpack_from("H", fcntl.ioctl(sock, _GET_FLAGS, name + bytes(24)), 16)
        fcntl.ioctl(sock, _SET_FLAGS, name + struct.pack("H", flags | _UP) + bytes(22))


def main(path: str, device: Device, seed: str) -> None:
    """One of the other ranks: runs the snippet's file to its end, on orders from standard input."""
    from vaultc.bench.harness.child import run_file

    machine = open_machine(device)
    use(Follower(sys.stdin, machine, int(seed)))
    end = run_file(path, machine)
    if end.status not in ("ok", "skipped"):
        print(f"rank {os.environ[RANK]}: {end.message}", file=sys.stderr)  # noqa: T201 - into the log


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
