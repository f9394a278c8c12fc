"""One process under watch: its time, its memory, its children, its words; and nothing of it left afterwards."""

from __future__ import annotations

import functools
import json
import math
import os
import secrets
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

from vaultc.bench.harness.tree import MARK, Tree, adopting
from vaultc.bench.records.lock import locked
from vaultc.bench.records.model import Device
from vaultc.bench.records.text import quantity
from vaultc.errors import VaultcError

POLL = 0.1
"""Seconds between two looks at the resident memory."""
MOST_PROCESSES = 256
MOST_MESSAGE_BYTES = 16 * 2**20
MOST_LOG_BYTES = 2048


Ending: TypeAlias = Literal["ended", "timeout", "oom", "error", "interrupted"]
"""How a process ended: ``ended`` by itself with code 0."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may use, with all that it starts."""

    seconds: float
    """Without telling of any progress."""
    memory: int
    """Bytes resident."""
    total: float = math.inf
    """Seconds altogether."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the child told: a kind and plain JSON."""

    kind: str
    body: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process came to its end."""

    status: Ending
    message: str
    """One line on any other status."""
    messages: tuple[Message, ...]
    log: str
    """The end of what it printed."""


def watch(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    limits: Limits,
    steps: Callable[[], int] = lambda: 0,
) -> Outcome:
    """Runs a command to its end or to a limit, then kills whatever it left behind.

    The command gets the number of a pipe for its messages as its last argument. ``steps`` counts what it has begun
    so far: while that grows, it makes progress. ``KeyboardInterrupt`` ends it too, and what it had told is kept.
    """
    mark = secrets.token_hex(16)
    reader, writer = os.pipe()
    with adopting() as strangers:
        try:
            process = subprocess.Popen(
                [*command, str(writer)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**environment, MARK: mark},
                pass_fds=(writer,),
                start_new_session=True,
            )
        except OSError as fault:
            os.close(reader)
            raise VaultcError(f"the process cannot be started: {fault.strerror}") from fault
        finally:
            os.close(writer)
        assert process.stdout is not None
        tree = Tree(process.pid, mark, strangers)
        with process.stdout, os.fdopen(reader, "rb", buffering=0) as pipe:
            talk = _Talk(process.stdout, pipe)
            stopped: tuple[Ending, str] | None
            try:
                stopped = _follow(process, talk, tree, limits, steps)
            except KeyboardInterrupt:
                stopped = "interrupted", "stopped by the user"
            finally:
                tree.kill()
                process.wait()
            talk.drain()
    status, message = stopped or _ending(process.returncode)
    return Outcome(status, message, talk.messages(), talk.log())


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it the first Ctrl-C, SIGTERM or SIGHUP raises ``KeyboardInterrupt``, and a second one changes nothing: what
    has to be ended is being ended. A signal that was ignored (``nohup``) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's, and so is what they should do
        return
    told = False

    def stop(number: int, frame: object) -> None:
        nonlocal told
        if not told:
            told = True
            raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def network_blocker() -> tuple[str, ...]:
    """The command prefix that takes the network away; empty where the system does not let us."""
    return _network_blocker()


class BusyError(VaultcError):
    """Another process measures on the device."""


@contextmanager
def only_one(device: Device) -> Iterator[None]:
    """Holds the device for measuring. Raises ``BusyError`` while another process measures on it."""
    try:
        with locked(Path(tempfile.gettempdir()) / f"vaultc-bench-{device}.lock", wait=False):
            yield
    except BlockingIOError:
        raise BusyError(
            f"another benchmark is measuring on {device}: wait for it, two at once would measure each other"
        ) from None


def _follow(
    process: subprocess.Popen[bytes], talk: _Talk, tree: Tree, limits: Limits, steps: Callable[[], int]
) -> tuple[Ending, str] | None:
    end = time.monotonic() + limits.total
    counted = steps()
    while True:
        talk.read(POLL)
        if process.poll() is not None:
            return None
        if talk.overflowing:
            return "error", f"told more than {quantity(MOST_MESSAGE_BYTES, 'B', 2)} of results"
        now = time.monotonic()
        if counted != (counted := steps()):
            talk.heard = now
        if now > min(talk.heard + limits.seconds, end):
            return "timeout", f"over the limit of {limits.seconds if now < end else limits.total:g} s"
        used = tree.resident()
        if used and used[0] > limits.memory and (tree.proportional() or used[0]) > limits.memory:
            return "oom", f"over the limit of {quantity(limits.memory, 'B', 3)} resident memory"
        if used and used[1] > MOST_PROCESSES:
            return "error", f"started over {MOST_PROCESSES} processes"


def _ending(code: int) -> tuple[Ending, str]:
    if code == 0:
        return "ended", ""
    if code < 0:
        return "error", f"killed by {signal.Signals(-code).name}"
    return "error", f"ended with exit code {code}"


class _Talk:
    """What the process says: results over its pipe, and prints of which only the end is kept."""

    def __init__(self, prints: IO[bytes], pipe: IO[bytes]) -> None:
        self._received = bytearray()
        self._tail = bytearray()
        self.heard = time.monotonic()
        """When the last of its results came."""
        self._selector = selectors.DefaultSelector()
        for stream, sink in ((prints, self._print), (pipe, self._receive)):
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream.fileno(), selectors.EVENT_READ, sink)

    @property
    def overflowing(self) -> bool:
        return len(self._received) > MOST_MESSAGE_BYTES

    def read(self, seconds: float) -> None:
        """Waits for words, that long at most. With both ends closed it only waits."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            try:
                chunk = os.read(key.fd, 65536)
            except BlockingIOError:
                continue
            if chunk:
                key.data(chunk)
            else:
                self._selector.unregister(key.fd)

    def drain(self) -> None:
        """Takes what is left in the pipes, without waiting for anyone who still holds their other end."""
        for _ in range(1024):
            if not self._selector.get_map() or not self._selector.select(0) or self.overflowing:
                break
            self.read(0)
        self._selector.close()

    def messages(self) -> tuple[Message, ...]:
        """The whole messages; one that was cut off by the end is left out."""
        found = []
        for line in bytes(self._received[:MOST_MESSAGE_BYTES]).split(b"\n")[:-1]:
            with suppress(ValueError, KeyError, TypeError):
                value = json.loads(line)
                found.append(Message(str(value["kind"]), value["body"]))
        return tuple(found)

    def log(self) -> str:
        text = bytes(self._tail[-MOST_LOG_BYTES:]).decode("utf-8", errors="replace")
        return "".join(char if char.isprintable() or char == "\n" else "�" for char in text).strip()

    def _receive(self, chunk: bytes) -> None:
        self.heard = time.monotonic()
        if not self.overflowing:
            self._received += chunk

    def _print(self, chunk: bytes) -> None:
        self._tail += chunk
        del self._tail[: -2 * MOST_LOG_BYTES]


@functools.cache
def _network_blocker() -> tuple[str, ...]:
    unshare = shutil.which("unshare")
    if not unshare or sys.platform != "linux":
        return ()
    for prefix in ((unshare, "--net"), (unshare, "--user", "--map-root-user", "--net")):
        with suppress(OSError, subprocess.TimeoutExpired):
            if subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False).returncode == 0:
                return prefix
    return ()
