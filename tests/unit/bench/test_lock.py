"""Locks of which nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vaultc.bench.records.lock import locked

HOLD = """
import sys, time
from pathlib import Path
from vaultc.bench.records.lock import locked
with locked(Path(sys.argv[1]), wait=True):
    print("held", flush=True)
    sys.stdin.read(1)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


def test_a_lock_is_held_by_one_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = holder(path)
    with pytest.raises(BlockingIOError), locked(path, wait=False):
        pass
    first.communicate("x", timeout=30)
    assert list(tmp_path.iterdir()) == []
    with locked(path, wait=False):
        assert path.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = holder(path)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    with locked(path, wait=False):
        pass
    assert list(tmp_path.iterdir()) == []


def test_many_take_turns_at_one_lock(tmp_path: Path) -> None:
    """Each adds a line by reading all and writing all: a lock that two hold at once would lose lines."""
    adds = """
import sys
from pathlib import Path
from vaultc.bench.records.lock import locked
from vaultc.disk import write
path = Path(sys.argv[1])
for _ in range(50):
    with locked(path.with_suffix(".lock"), wait=True):
        write(path, (path.read_bytes() if path.exists() else b"") + b"line\\n")
"""
    path = tmp_path / "lines"
    running = [subprocess.Popen([sys.executable, "-c", adds, str(path)]) for _ in range(4)]
    assert [process.wait(timeout=120) for process in running] == [0] * 4
    assert path.read_bytes() == b"line\n" * 200
    assert [left.name for left in tmp_path.iterdir()] == ["lines"]
