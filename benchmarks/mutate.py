"""Notes that nobody would write: real ones with pieces cut, doubled, swapped and spoilt. None may crash vaultc.

    python benchmarks/mutate.py [--notes 20000] [--seed 1] [FOLDER…]

The seeds are the Markdown files below each FOLDER (by default the notes and the test cases of this repository). Notes are made in
batches; each batch is a vault of its own that is compiled, checked, repaired, reported in every format, written as object files and
rendered with the generator's Markdown. A crash, one that a user would see as VC006 too, prints the note that caused it and ends the
run with status 1.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import markdown

from vaultc import faults, pipeline
from vaultc.config import Project, locate
from vaultc.emit import emit
from vaultc.frontends.render import FORMATS, renderer
from vaultc.frontends.report import Report
from vaultc.graph import Vault
from vaultc.parse import parse
from vaultc.publish.dialect import EXTENSIONS
from vaultc.refactor import fixes
from vaultc.scan import Scan, source_file

ROOT = Path(__file__).resolve().parent.parent
BATCH = 100
LONGEST = 20_000
PIECES = (
    "[[", "]]", "![[", "|", "#", "^", "\\", "`", "```", "~~~", "$", "$$", "%%", "---", "---\n", "\n", "\r\n", "\r", "\t", "> ", "- ",
    "[", "](", ")", "](<", ">", "<!--", "-->", "<div>", "</div>", "\0", "\x1a", "\ufeff", "\u00a0", "\u2028", "e\u0301", "字", "😀",
    "&amp;", "&#91;", "%20", "%FF", "{{x}}", "<% x %>", "| a | b |\n|---|---|\n", "> [!note]- x\n", "[x]: y\n", "^id\n", "# h\n",
    "[[#]]", "[[^]]", "[[|]]", "[[a#^b|c]]", "[[../../x]]", "![](x.png)", "<!-- vaultc: ignore VC2 -->\n", "aliases: [a, &b c, *b]\n",
    "publish: no\n", "*" * 40, "[" * 40, "(" * 40, "> " * 40, "  - " * 20, "```python bench id=x\n", "\x1b]0;", "\u202e",
)  # fmt: skip


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
    """A seed with one to a dozen accidents."""
    note = bytearray(chance.choice(seeds)[:LONGEST])
    for _ in range(chance.randint(1, 12)):
        at = chance.randint(0, len(note))
        upto = min(len(note), at + chance.choice((1, 3, 20, 200)))
        kind = chance.randrange(7)
        if kind == 0:
            del note[at:upto]
        elif kind == 1:
            note[at:at] = note[at:upto] * chance.choice((1, 2, 10))
        elif kind == 2:
            note[at:upto] = bytes(reversed(note[at:upto]))
        elif kind == 3:
            note[at:upto] = chance.randbytes(upto - at)
        elif kind == 4:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            note[at:at] = other[start : start + 300]
        else:
            note[at:at] = chance.choice(PIECES).encode() * chance.choice((1, 1, 1, 2, 30))
    return bytes(note)


def compiled(project: Project, files: dict[str, bytes]) -> Vault:
    sources = tuple(source_file(path, data) for path, data in files.items())
    return pipeline.link(project, Scan(sources, ("x.png",), (), ()), lambda every: [parse(source) for source in every])


def digest(project: Project, files: dict[str, bytes]) -> Counter[str]:
    """Put a vault through everything; the findings by code."""
    vault = compiled(project, files)
    found = pipeline.findings(vault).diagnostics
    report = Report(vault, found)
    for name in FORMATS:
        renderer(name)(report)
    repair = fixes.plan(vault, found, lambda path: True)
    compiled(project, {**files, **repair.texts})
    for note in vault.notes.values():
        size = len(vault.text(note.path))
        for part in (*note.references, *note.headings, *note.tags, *note.snippets):
            assert 0 <= part.span.start <= part.span.end <= size, part
    with tempfile.TemporaryDirectory() as folder:
        for page in emit(vault, Path(folder) / "docs").folder.rglob("*.md"):
            text = page.read_text(encoding="utf-8").split("\n---\n", 1)[1]
            markdown.Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS).convert(text)
    return Counter(d.code for d in found)


def batches(seeds: list[bytes], notes: int, chance: random.Random) -> Iterator[dict[str, bytes]]:
    made = 0
    while made < notes:
        size = min(BATCH, notes - made)
        yield {f"n{at}.md": mutated(seeds, chance) for at in range(size)}
        made += size


def culprits(project: Project, files: dict[str, bytes]) -> Iterator[str]:
    """The notes of a batch that crash alone, else the word that it takes several."""
    alone = 0
    for path, data in files.items():
        try:
            digest(project, {path: data})
        except Exception:  # noqa: BLE001
            alone += 1
            yield f"{path}: {data!r}\n{traceback.format_exc()}"
    if not alone:
        yield "no note of the batch crashes alone"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[ROOT / "vault", ROOT / "tests" / "cases"])
    parser.add_argument("--notes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seeds = [path.read_bytes() for folder in options.folders for path in sorted(folder.rglob("*.md"))]
    if not seeds:
        sys.exit("no Markdown files there")
    faults.fatal = True
    chance = random.Random(options.seed)
    codes: Counter[str] = Counter()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        project = locate(Path(folder))
        (Path(folder) / "x.png").touch()
        for files in batches(seeds, options.notes, chance):
            try:
                codes += digest(project, files)
            except Exception:  # noqa: BLE001
                print(traceback.format_exc())
                sys.exit("\n".join(culprits(project, files)))
    taken = time.perf_counter() - start
    print(f"{options.notes:,} mutated notes from {len(seeds)} seeds (seed {options.seed}): no crash, {taken:.0f} s")
    print(", ".join(f"{code} {number:,}" for code, number in sorted(codes.items())))


if __name__ == "__main__":
    main()
