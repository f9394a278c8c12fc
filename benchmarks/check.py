"""How fast `vaultc check` is, beside the floor and a peer, in one run on one machine.

    python benchmarks/check.py [--notes 1000,5000,13000] [--repeat 5] [--peer-notes 1000,5000] [--growth]

For each size: *floor* reads every file and loads its YAML with the C loader, and does nothing else; *cold* is `vaultc check`
without a cache; *warm* the same again with nothing changed; *peer* is obsidiantools' `Vault(...).connect()`, where it is
installed (`pip install obsidiantools`). Each is a process of its own, so the interpreter and the imports count; the rounds of
all are interleaved, and the medians are printed with their ratios. `--growth` times notes of one kind at one size and at
twice it.
"""

import argparse
import importlib.util
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from vaults import write_vault

FLOOR = """
import pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).rglob("*.md"):
    text = path.read_bytes().decode()
    if text.startswith("---\\n"):
        yaml.load(text[4 : text.index("\\n---", 4)], Loader=yaml.CSafeLoader)
"""
PEER = "import obsidiantools.api, sys; obsidiantools.api.Vault(sys.argv[1]).connect()"
CHECK = ["-m", "vaultc", "check", "--format", "concise", "--fail-on", "never"]


def measure(notes: int, repeat: int, peer: bool, work: Path) -> dict[str, tuple[float, float]]:
    """The median seconds, and the peak memory in MiB, of each contender on a vault of `notes` notes."""
    vault = work / f"vault-{notes}"
    write_vault(vault, notes)
    cache = work / "cache"
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
    check = [*CHECK, str(vault)]
    contenders: dict[str, Callable[[], tuple[float, float]]] = {
        "floor": lambda: child(["-c", FLOOR, str(vault)], environment),
        "cold": lambda: (shutil.rmtree(cache, ignore_errors=True), child(check, environment))[1],
        "warm": lambda: child(check, environment),
    }
    if peer:
        contenders["peer"] = lambda: child(["-W", "ignore", "-c", PEER, str(vault)], environment)
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for turn in range(repeat + 1):  # the first round warms the disk cache and writes the bytecode
        for name, run in contenders.items():
            if name == "peer" and turn not in (1, 2):
                continue
            sample = run()
            if turn:
                samples[name].append(sample)
    shutil.rmtree(vault)
    return {name: (statistics.median(s for s, _ in runs), max(m for _, m in runs)) for name, runs in samples.items()}


def child(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak MiB of one run of this Python, measured by a process between, whose only child it is."""
    between = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(done.returncode)\n"
    )
    command = [sys.executable, "-c", between, sys.executable, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments[:6])}: exit {done.returncode}\n{done.stderr}")
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak) / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="1000,5000,13000", help="sizes, comma-separated")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--peer-notes", default="1000,5000", help="sizes at which the peer is timed")
    parser.add_argument("--growth", action="store_true", help="time awkward notes at one size and at twice it")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"
    )
    if options.growth:
        from growth import table

        print(table())
        return
    peers = {int(size) for size in options.peer_notes.split(",") if size}
    installed = importlib.util.find_spec("obsidiantools") is not None
    if not installed:
        print("obsidiantools is not installed: no peer is timed")
    print("notes   floor     cold      warm      peer      cold/floor  warm/cold  peer/cold  peak MiB (cold, warm)")
    with tempfile.TemporaryDirectory() as folder:
        for notes in (int(size) for size in options.notes.split(",")):
            found = measure(notes, options.repeat, installed and notes in peers, Path(folder))
            floor, cold, warm = (found[name][0] for name in ("floor", "cold", "warm"))
            peer = f"{found['peer'][0]:7.2f} s" if "peer" in found else "        -"
            ratio = f"{found['peer'][0] / cold:9.1f}" if "peer" in found else "        -"
            peak = f"{found['cold'][1]:.0f}, {found['warm'][1]:.0f}"
            print(
                f"{notes:<6}{floor:7.2f} s {cold:7.2f} s {warm:7.2f} s {peer} {cold / floor:10.1f} {warm / cold:10.2f} {ratio}  {peak}",
                flush=True,
            )


if __name__ == "__main__":
    main()
