"""How fast a program gets answers about a vault: `vaultc.open` and obsidiantools, the same vault and the same questions.

    python benchmarks/library.py --peer PYTHON [--notes 1000,5000] [--repeat 3]

PYTHON is an interpreter that has obsidiantools. Each asks how many notes link to each, which names no note has, which notes stand alone,
what links to the most linked note, which notes have a tag, what the front matter says, and for the shortest way between two notes by networkx. Both must give
the same answers; where they do not, the run ends. Each run is a process of its own: interpreter, imports, opening, questions; *cold* is
vaultc without a cache, *warm* with that of the run before. Printed are medians of processor seconds, of all threads, which other work on
the machine disturbs less than the clock.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from vaults import write_vault

OURS = """
import json, sys, networkx, vaultc
vault = vaultc.open(sys.argv[1])
graph = vault.graph
name = lambda node: vault.notes[node].stem if node in vault.notes else node
backlinks = {name(node): graph.in_degree(node) for node in vault.notes}
hub = max(sorted(backlinks), key=backlinks.get)
answers = {
    "backlinks": backlinks,
    "missing": sorted(node for node, exists in graph.nodes(data="exists") if not exists),
    "alone": sorted(name(node) for node in vault.notes if not graph.degree(node)),
    "hub": sorted(map(name, vault.linked(hub).notes)),
    "tagged": sorted(map(name, vault.tagged("area/area03").notes)),
    "titles": {name(node): note.metadata.get("title") for node, note in vault.notes.items()},
    "way": networkx.shortest_path_length(graph, vault.note("index").path, vault.note(sys.argv[2]).path),
}
json.dump(answers, sys.stdout)
"""
PEER = """
import collections, json, pathlib, sys, networkx, obsidiantools.api
vault = obsidiantools.api.Vault(pathlib.Path(sys.argv[1])).connect()
graph = vault.graph
notes = list(vault.md_file_index)
backlinks = {note: sum(vault.get_backlink_counts(note).values()) for note in notes}
hub = max(sorted(backlinks), key=backlinks.get)
answers = {
    "backlinks": backlinks,
    "missing": sorted(vault.nonexistent_notes),
    "alone": sorted(vault.isolated_notes),
    "hub": sorted(set(vault.get_backlinks(hub)) - {hub}),
    "tagged": sorted(note for note in notes if "area/area03" in (vault.get_front_matter(note).get("tags") or ())),
    "titles": {note: vault.get_front_matter(note).get("title") for note in notes},
    "way": networkx.shortest_path_length(graph, "index", sys.argv[2]),
}
json.dump(answers, sys.stdout)
"""


def ask(python: str, code: str, vault: Path, end: str, cache: Path) -> tuple[float, dict[str, object]]:
    """Processor seconds of one process, and its answers."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [python, "-W", "ignore", "-c", code, str(vault), end], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, json.loads(done.stdout)


def measure(notes: int, repeat: int, peer: str) -> dict[str, float]:
    """The median seconds of each contender on a vault of so many notes. Ends the program where answers differ."""
    samples: dict[str, list[float]] = {"cold": [], "warm": [], "peer": []}
    with tempfile.TemporaryDirectory() as folder:
        vault, cache = Path(folder, "vault"), Path(folder, "cache")
        write_vault(vault, notes)
        end = max(vault.rglob("*.md"), key=lambda path: (path.stem != "index", path.stem)).stem
        for _ in range(repeat):
            shutil.rmtree(cache, ignore_errors=True)
            answers = {}
            for name in samples:
                seconds, answers[name] = ask(
                    *((peer, PEER) if name == "peer" else (sys.executable, OURS)), vault, end, cache
                )
                samples[name].append(seconds)
            if differing := [
                key for key, said in answers["peer"].items() if not answers["cold"][key] == answers["warm"][key] == said
            ]:
                sys.exit(f"other answers: {', '.join(differing)}")
    return {name: statistics.median(runs) for name, runs in samples.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="an interpreter that has obsidiantools")
    parser.add_argument("--notes", default="1000,5000", help="sizes, comma-separated")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"
    )
    print("".join(f"{name:>12}" for name in ("notes", "cold", "warm", "peer", "peer/cold", "peer/warm")))
    for notes in map(int, options.notes.split(",")):
        found = measure(notes, options.repeat, options.peer)
        row = [f"{notes:,}", *(f"{seconds:.2f} s" for seconds in found.values())]
        row += [f"{found['peer'] / found[name]:.0f}" for name in ("cold", "warm")]
        print("".join(f"{cell:>12}" for cell in row), flush=True)


if __name__ == "__main__":
    main()
