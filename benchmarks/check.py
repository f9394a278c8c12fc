"""How fast `vaultc check` is, beside the floor and a peer, in one run on one machine.

    python benchmarks/check.py [--notes 1000,5000,13000] [--repeat 5] [--peer PYTHON] [--peer-notes 1000,5000] [--growth]

For each size: *floor* reads every file and loads its YAML with the C loader, and does nothing else; *cold* is `vaultc check`
without a cache; *edited* the same after one note changed; *warm* the same again with nothing
changed; *peer* is obsidiantools' `Vault(...).connect()` in an interpreter that has it. Each is a process of its own, so the interpreter and the imports count; the rounds of
all are interleaved, and the medians are printed with their ratios. `--growth` times notes of one kind at one size and at
twice it.
"""

import argparse
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
PEER = "import obsidiantools.api, pathlib, sys; obsidiantools.api.Vault(pathlib.Path(sys.argv[1])).connect()"
CHECK = [sys.executable, "-m", "vaultc", "check", "--format", "concise", "--fail-on", "never"]


def measure(notes: int, repeat: int, peer: str, work: Path) -> dict[str, tuple[float, float]]:
    """The median seconds, and the peak memory in MiB, of each contender on a vault of `notes` notes."""
    vault = work / f"vault-{notes}"
    write_vault(vault, notes)
    cache = work / "cache"
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
    check = [*CHECK, str(vault)]
    contenders: dict[str, Callable[[], tuple[float, float]]] = {
        "floor": lambda: child([sys.executable, "-c", FLOOR, str(vault)], environment),
        "cold": lambda: (shutil.rmtree(cache, ignore_errors=True), child(check, environment))[1],
        "edited": lambda: (edit(vault), child(check, environment))[1],
        "warm": lambda: child(check, environment),
    }
    if peer:
        contenders["peer"] = lambda: child([peer, "-W", "ignore", "-c", PEER, str(vault)], environment)
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
    """Seconds and peak MiB of one run of a command, measured by a process between, whose only child it is."""
    between = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(done.returncode)\n"
    )
    command = [sys.executable, "-c", between, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments[:6])}: exit {done.returncode}\n{done.stderr}")
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak) / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def edit(vault: Path) -> None:
    """Add a line to a note."""
    with (vault / "index.md").open("a", encoding="utf-8") as stream:
        stream.write("\nOne more line.\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="1000,5000,13000", help="sizes, comma-separated")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--peer", default="", help="an interpreter that has obsidiantools")
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
    columns = (
        "notes",
        "floor",
        "cold",
        "edited",
        "warm",
        "peer",
        "cold/floor",
        "warm/cold",
        "peer/cold",
        "MiB cold",
        "MiB warm",
    )
    print("".join(f"{name:>11}" for name in columns))
    with tempfile.TemporaryDirectory() as folder:
        for notes in (int(size) for size in options.notes.split(",")):
            found = measure(notes, options.repeat, options.peer if notes in peers else "", Path(folder))
            seconds = {name: sample[0] for name, sample in found.items()}
            peer = seconds.get("peer")
            row = [f"{notes:,}", *(f"{seconds[name]:.2f} s" for name in ("floor", "cold", "edited", "warm"))]
            row += [f"{peer:.1f} s" if peer else "-"]
            row += [f"{seconds['cold'] / seconds['floor']:.1f}", f"{seconds['warm'] / seconds['cold']:.2f}"]
            row += [f"{peer / seconds['cold']:.0f}" if peer else "-"]
            row += [f"{found[name][1]:.0f}" for name in ("cold", "warm")]
            print("".join(f"{cell:>11}" for cell in row), flush=True)


if __name__ == "__main__":
    main()
