"""Parsing on all processors gives what one gives, whatever becomes of the helpers. In a process of its own: it is copied."""

import subprocess
import sys

import pytest

SCRIPT = """
import json, os, sys
from vaultc import many
from vaultc.scan import source_file

parent = os.getpid()
if {processors}:
    many._processors = lambda: {processors}
seen = []

def make(sources):
    if os.getpid() != parent and {fault}:
        {fault_code}
    return [[source.path, len(source.data)] for source in sources]

def progress(share):
    for source in share:
        seen.append(source.path)
        yield source

sources = [source_file(f"n{{at}}.md", b"x" * at) for at in range({number})]
shares = many.work(sources, make, lambda made: json.dumps(list(made)).encode(), progress, 500)
for share in shares:
    assert share.made in (None, json.loads(share.encoded)), share.made
assert sorted(sum((json.loads(share.encoded) for share in shares), [])) == sorted([s.path, len(s.data)] for s in sources)
print(len(seen))
"""


def run(processors: int, number: int, fault_code: str = "") -> int:
    script = SCRIPT.format(
        processors=processors, number=number, fault=bool(fault_code), fault_code=fault_code or "pass"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return int(done.stdout)


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="not on this machine: Linux")


@pytest.mark.parametrize(
    ("processors", "number", "own"), [(1, 1200, 1200), (2, 1201, 601), (4, 1600, 534), (4, 999, 999), (0, 10, 10)]
)
def test_the_work_is_shared(processors: int, number: int, own: int) -> None:
    assert run(processors, number) == own


@pytest.mark.parametrize("fault", ["os._exit(3)", "os.kill(os.getpid(), 9)", "raise MemoryError"])
def test_what_a_helper_leaves_is_done(fault: str) -> None:
    assert run(2, 1200, fault) == 600


def test_a_process_with_threads_works_alone() -> None:
    script = (
        "import threading\nfrom vaultc import many\nhold = threading.Event()\n"
        "threading.Thread(target=hold.wait, daemon=True).start()\nassert many._processors() == 1\nhold.set()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
