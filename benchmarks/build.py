"""How fast a site is made, beside plain Material for MkDocs on the same notes, in one run on one machine.

    python benchmarks/build.py [--notes 1000,5000] [--repeat 1] [--peer PYTHON] [--serve]

For each size: *floor* reads every file and loads its YAML. *material* is `mkdocs build` on the same notes with plain links: Material, its
search, and `navigation.prune`, without which every page holds the whole navigation. *cold* is `vaultc build` without a cache, *edited*
the same after one note got a line, *linked* after one got a link, *same* with nothing changed. *peer* is obsidiantools' `connect()` in an
interpreter that has it. Each is a process of its own. *served* is the time from saving a note to its new page at the preview's address.

Two figures each: seconds by the clock, and processor seconds of all processes together, which another load on the machine disturbs less.
Ratios are to Material's. Memory is the most that all processes of a command had at once, each page shared by several counted once
(proportional set size; Linux).
"""

import argparse
import math
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from check import FLOOR, PEER
from vaults import write_vault

TOOLS = Path(sys.executable).parent
SETTINGS = "site_name: notes\ndocs_dir: {docs}\nsite_dir: {site}\ntheme:\n  name: material\n  features: [navigation.prune]\nplugins: [search]\n"
# Of Material's seconds; of seconds; MiB; KB.
TARGETS = {"cold": 0.5, "edited": 0.03, "same": 0.01}
MOST_MEMORY, MOST_HTML, MOST_GROWTH, MOST_SERVED = 600, 30, 1.1, 1.0


class Cost(NamedTuple):
    """What a command took: seconds by the clock, processor seconds, MiB at most."""

    clock: float
    processor: float
    memory: float


def run(arguments: list[str], environment: dict[str, str], folder: Path) -> Cost:
    """Run a command to its end, and end with what it says when it fails."""
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(
        arguments, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    peak = [0.0]
    watcher = threading.Thread(target=watch, args=(process, peak))
    watcher.start()
    _, said = process.communicate()
    watcher.join()
    after = os.times()
    if process.returncode:
        sys.exit(f"{' '.join(arguments)}: exit {process.returncode}\n{said}")
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return Cost(time.perf_counter() - start, spent, peak[0])


def watch(process: "subprocess.Popen[str]", peak: list[float]) -> None:
    """Keep the most memory that a process and those that it began have at once."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(proportional, family(process.pid))) / 1024)
        time.sleep(0.1)


def family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            below = task.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in below:
            yield from family(int(child))


def proportional(process: int) -> float:
    """KiB of memory, those that several processes share divided among them; 0 where the system does not tell."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii"), re.M)
    except OSError:
        return 0.0
    return float(found[1]) if found else 0.0


def measure(notes: int, repeat: int, peer: str, work: Path) -> tuple[dict[str, Cost], float]:
    """The median cost of each contender on a vault of `notes` notes, and the median size of a note's page in KB."""
    vault, plain, site = work / f"vault-{notes}", work / f"plain-{notes}", work / f"site-{notes}"
    write_vault(vault, notes)
    write_vault(plain, notes, wiki=False)
    settings = work / "mkdocs.yml"
    settings.write_text(SETTINGS.format(docs=plain, site=work / "material"), encoding="utf-8")
    environment = {**os.environ, "XDG_CACHE_HOME": str(work / "cache"), "XDG_STATE_HOME": str(work / "state")}
    build = [str(TOOLS / "vaultc"), "build", str(vault), "--site-dir", str(site)]

    def begin() -> None:
        for folder in (work / "cache", site):
            shutil.rmtree(folder, ignore_errors=True)

    prepared: dict[str, tuple[Callable[[], object], list[str]]] = {
        "floor": (lambda: None, [sys.executable, "-c", FLOOR, str(vault)]),
        "material": (lambda: None, [str(TOOLS / "mkdocs"), "build", "-q", "-f", str(settings)]),
        "cold": (begin, build),
        "edited": (lambda: add(vault, "One more line."), build),
        "linked": (lambda: add(vault, f"[[{name(vault)}]]"), build),
        "same": (lambda: None, build),
    }
    if peer:
        prepared["peer"] = (lambda: None, [peer, "-W", "ignore", "-c", PEER, str(vault)])
    samples: dict[str, list[Cost]] = {name: [] for name in prepared}
    for _ in range(repeat):
        for contender, (prepare, command) in prepared.items():
            prepare()
            samples[contender].append(run(command, environment, work))
    pages = [page.stat().st_size for page in site.glob("area*/*/index.html")]
    costs = {
        name: Cost(*(statistics.median(values) for values in zip(*runs, strict=True))) for name, runs in samples.items()
    }
    return costs, statistics.median(pages) / 1000


def name(vault: Path) -> str:
    """The name of some note that changes with the text of the front page."""
    every = sorted(vault.glob("area*/*.md"))
    return every[len((vault / "index.md").read_bytes()) % len(every)].stem


def add(vault: Path, text: str) -> None:
    with (vault / "index.md").open("a", encoding="utf-8") as stream:
        stream.write(f"\n{text}\n")


def served(notes: int, repeat: int, work: Path) -> float:
    """Median seconds from saving a note to its new page."""
    vault = work / f"served-{notes}"
    write_vault(vault, notes)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "XDG_CACHE_HOME": str(work / "cache"), "XDG_STATE_HOME": str(work / "state")}
    command = [str(TOOLS / "vaultc"), "serve", str(vault), "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page = f"http://127.0.0.1:{port}/"
        until(page, "Home", process)
        times = []
        for turn in range(repeat):
            add(vault, f"Saved {turn}.")
            start = time.perf_counter()
            until(page, f"Saved {turn}.", process)
            times.append(time.perf_counter() - start)
        return statistics.median(times)
    finally:
        process.terminate()
        process.wait()


def until(address: str, words: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
                if words in answer.read().decode():
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.02)
    sys.exit("the preview ended")


def growth(small: tuple[int, float], large: tuple[int, float]) -> float:
    """The exponent of a cost between two sizes."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def verdict(value: float, limit: float) -> str:
    return "met" if value <= limit else "missed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="1000,5000", help="sizes, comma-separated")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--peer", default="", help="an interpreter that has obsidiantools")
    parser.add_argument("--serve", action="store_true", help="time the preview, too")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs, load {load:.1f}")
    if load > 1:
        print("the machine is busy: seconds by the clock say little")
    every: dict[int, dict[str, Cost]] = {}
    for notes in (int(size) for size in options.notes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            costs, html = measure(notes, options.repeat, options.peer, Path(folder))
            every[notes] = costs
            print(f"\n{notes:,} notes\n{'':10}{'clock':>9}{'ratio':>8}{'processor':>11}{'ratio':>8}{'MiB':>7}  target")
            for contender, cost in costs.items():
                clock, spent = cost.clock / costs["material"].clock, cost.processor / costs["material"].processor
                limit = TARGETS.get(contender)
                said = f"{limit} of Material by the clock: {verdict(clock, limit)}" if limit else ""
                print(
                    f"{contender:10}{cost.clock:>7.2f} s{clock:>8.3f}{cost.processor:>9.2f} s{spent:>8.3f}{cost.memory:>7.0f}  {said}"
                )
            memory = max(costs[it].memory for it in ("cold", "edited", "linked", "same"))
            print(f"memory {memory:.0f} MiB of {MOST_MEMORY}: {verdict(memory, MOST_MEMORY)}")
            print(f"page of a note {html:.1f} KB of {MOST_HTML}: {verdict(html, MOST_HTML)}", flush=True)
            if options.serve:
                seconds = served(notes, max(options.repeat, 3), Path(folder))
                print(f"saved to served {seconds:.2f} s of {MOST_SERVED}: {verdict(seconds, MOST_SERVED)}", flush=True)
    if len(every) > 1:
        (small, least), (large, most) = min(every.items()), max(every.items())
        for contender in ("cold", "edited", "linked", "same"):
            exponent = growth((small, least[contender].processor), (large, most[contender].processor))
            print(f"growth of {contender}, {small:,} to {large:,}: {exponent:.2f}: {verdict(exponent, MOST_GROWTH)}")


if __name__ == "__main__":
    main()
