"""How long it takes from a change to the findings in an open session, by what changed.

    python benchmarks/session.py [--notes 1000,5000,13000] [--repeat 9]

Each change is applied to a synthetic vault that a session has open, as an editor's server does it, and the list of all
diagnostics is asked for. Printed are medians in milliseconds of this process's processor time, which other work on the machine
disturbs little, and beside them what the same answer costs without a session: parsing excepted, all from the files' records.
"""

import argparse
import gc
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from vaults import write_vault

from vaultc import pipeline
from vaultc.session import Session

Changes = Mapping[str, str | None]


def changes(session: Session, root: Path, repeat: int) -> Iterator[tuple[str, list[Changes]]]:
    """The kinds of change, each as the states to go through. A note of few links to it and one of many take part."""
    paths = sorted(session.vault.notes, key=lambda path: (len(session.vault.sources.get(path, ())), path))
    note, hub = paths[len(paths) // 2], paths[-1]

    def text(path: str) -> str:
        return (root / path).read_text(encoding="utf-8")

    turns = range(repeat)
    yield "body edited", [{note: f"{text(note)}word {at}\n"} for at in turns]
    yield "link to a missing note", [{note: f"{text(note)}[[missing {at}]]\n"} for at in turns]
    yield "links to a note that comes", [{note: text(note) + "".join(f"[[missing {at}]]\n" for at in turns)}]
    yield "note that resolves links", [{f"missing {at}.md": f"# New\n\n[[{Path(note).stem}]]\n"} for at in turns]
    yield "heading renamed", [{note: text(note).replace("## Details", f"## Details {at}")} for at in turns]
    yield "alias changed", [{note: text(note).replace("aliases: [", f"aliases: [new {at}, ")} for at in turns]
    yield "publish toggled", [{note: text(note).replace("---\n", f"---\npublish: {at % 2 == 1}\n", 1)} for at in turns]
    yield "heading of the hub renamed", [{hub: text(hub).replace("## Details", f"## Details {at}")} for at in turns]
    yield (
        "publish of the hub toggled",
        [{hub: text(hub).replace("---\n", f"---\npublish: {at % 2 == 1}\n", 1)} for at in turns],
    )
    gone = paths[len(paths) // 2 + 1 :][:repeat]
    for path in gone:
        (root / path).unlink()
    yield "note deleted", [{path: None} for path in gone]
    yield "nothing (the disk looked at)", [{note: None} for _ in turns]


def measure(notes: int, repeat: int) -> Iterator[tuple[str, float, int]]:
    """What changed, the median milliseconds to the findings, and how many files these are about at most."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "vault")
        write_vault(root, notes)
        session = Session.open(root)
        yield "(all links and findings anew)", statistics.median(anew(session) for _ in range(3)), 0
        session.apply({"index.md": "[[missing]]\n"})  # what is made at the first change, and imported for it
        for name, states in changes(session, root, repeat):
            taken, touched = [], 0
            for state in states:
                gc.collect()
                start = time.process_time()
                delta = session.apply(state)
                assert session.diagnostics is not None
                taken.append(time.process_time() - start)
                touched = max(touched, len(delta.findings))
            yield name, 1000 * statistics.median(taken), touched


def anew(session: Session) -> float:
    """Milliseconds to link and check a vault whose notes are parsed."""
    notes = list(session.vault.notes.values())
    start = time.process_time()
    assert pipeline.findings(pipeline.link(session.project, session.scan, lambda _: notes)).diagnostics is not None
    return 1000 * (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", default="1000,5000,13000", help="sizes, comma-separated")
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {platform.machine()}; processor milliseconds, medians of {options.repeat}"
    )
    for size in map(int, options.notes.split(",")):
        print(f"\n{size:,} notes{'ms':>27}{'findings in files':>20}")
        for name, milliseconds, touched in measure(size, options.repeat):
            print(f"{name:<32}{milliseconds:>8.1f}{touched:>20,}", flush=True)


if __name__ == "__main__":
    main()
