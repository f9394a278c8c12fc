"""Does the work grow with the input alone? Awkward notes and vaults at one size and at twice it, in processor time."""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from vaultc import pipeline
from vaultc.config import Project, locate
from vaultc.graph import Vault
from vaultc.parse import parse
from vaultc.refactor import fixes
from vaultc.scan import Scan, source_file

Files = dict[str, bytes]
LIMIT = 3.0
REPEAT = 5


def one(text: str) -> Files:
    """A vault of one note beside a small one."""
    return {"a.md": text.encode(), "b.md": b"---\naliases: [nick]\n---\n# h\n\nx ^id\n"}


# What to make at size n, by what is many in it.
KINDS: dict[str, Callable[[int], Files]] = {
    "links": lambda n: one("[[b]] and [[b#h|words]], [t](b.md)\n\n" * n),
    "links on one line": lambda n: one("[[b]] [[nick]] " * n),
    "broken links": lambda n: one("".join(f"[[missing {at}]] " for at in range(n))),
    "aliases to repair": lambda n: one("[[nick]] in a line\n" * n),
    "headings": lambda n: one("".join(f"## h {at}\n\n[[#h {at}]]\n\n" for at in range(n))),
    "equal headings": lambda n: one("# h\n\n" * n),
    "nested headings": lambda n: one("".join(f"{'#' * (at % 6 + 1)} h{at}\n" for at in range(n)) + "[[#h1#h2#h3]]\n" * n),
    "block ids": lambda n: one("".join(f"text ^i{at}\n\n[[#^i{at}]]\n\n" for at in range(n))),
    "comments": lambda n: one("%% x [[b]] %% y\n" * n),
    "open comments": lambda n: one("a %% b\n\n" * n),
    "code": lambda n: one("`[[b]]` `` x `\n\n```\n[[b]]\n```\n" * n),
    "formulas": lambda n: one("> $$\n> a\n>\n> - [[b]]\n> $$\n\n[[b]]\n\n" * n),
    "one long formula": lambda n: one("$$\n" + "a\n\n- [[b]]\n" * n + "$$\n"),
    "open formulas": lambda n: one("$$ a [[b]]\n\n# h\n\n" * n + "> $$ x\n\n" * n),
    "open brackets": lambda n: one("[[" * n),
    "open brackets and text": lambda n: one("[[a|b #c ^d " * n),
    "brackets": lambda n: one("[" * n + "]" * n),
    "quotes": lambda n: one("> " * min(n, 400) + "x\n" + "> [[b]]\n" * n),
    "nested list": lambda n: one("".join(f"{'  ' * (at % 60)}- [[b]]\n" for at in range(n))),
    "table": lambda n: one("| a | b |\n|---|---|\n" + "| [[b\\|c]] | [[nick]] |\n" * n),
    "blank lines": lambda n: one("[[b]]\n" + "\n" * 20 * n + " \t\n" * 20 * n),
    "definitions": lambda n: one("".join(f"[d{at}]: b.md\n[[d{at}]] [x][d{at}]\n\n" for at in range(n))),
    "tags": lambda n: one("".join(f"#tag{at}/x " for at in range(n))),
    "ignores": lambda n: one("<!-- vaultc: ignore VC201 -->\n\n[[missing]]\n\n" * n),
    "html": lambda n: one("<div id=x>\n<!-- [[b]] -->\n</div>\n\n<b id='y'>z</b>\n\n" * n),
    "front matter": lambda n: one("---\naliases:\n" + "".join(f"  - alias {at}\n" for at in range(n)) + "---\n[[b]]\n"),
    "notes": lambda n: {f"n{at}.md": f"# t\n\n[[n{at * 7 % n}]] [[n{at // 2}#t]]\n".encode() for at in range(n)},
    "notes of one name": lambda n: {f"{at}/same.md": f"[[same]] [[{at // 2}/same]]\n".encode() for at in range(n)},
    "notes of one alias": lambda n: {f"n{at}.md": b"---\naliases: [one]\n---\n[[one]]\n" for at in range(n)},
    "embeds in a chain": lambda n: {f"n{at}.md": f"![[n{at + 1}]]\n".encode() for at in range(n)},
    "embeds in circles": lambda n: {f"n{at}.md": f"![[n{(at + 1) % n}]] ![[n{at}]]\n".encode() for at in range(n)},
    "links to one note": lambda n: {"hub.md": b"# h\n", **{f"n{at}.md": b"[[hub]] [[hub#h]]\n" for at in range(n)}},
    "similar names": lambda n: {f"attention {at}.md": f"[[atention {at}]]\n".encode() for at in range(n)},
    "folders": lambda n: {"/".join(f"d{at}" for at in range(min(k, 60))) + f"/n{k}.md": b"[[n1]]\n" for k in range(n)},
}  # fmt: skip


def compiled(project: Project, files: Files) -> Vault:
    sources = tuple(source_file(path, data) for path, data in sorted(files.items()))
    return pipeline.link(project, Scan(sources, (), (), ()), lambda every: [parse(source) for source in every])


def work(project: Project, files: Files) -> float:
    """Processor seconds to compile, check and repair a vault; the least of several runs."""
    samples = []
    for _ in range(REPEAT):
        gc.collect()
        start = time.process_time()
        vault = compiled(project, files)
        fixes.plan(vault, pipeline.findings(vault).diagnostics, lambda path: True)
        samples.append(time.process_time() - start)
        if samples[-1] > 2:
            break
    return min(samples)


def table() -> str:
    """A row for each kind: the size at which it takes long enough to be timed, the seconds there and at twice it, the ratio."""
    rows = [f"{'what is many':24}{'size':>10}{'once':>10}{'twice':>10}{'ratio':>8}"]
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        project = locate(Path(folder))
        for name, make in KINDS.items():
            size = 250
            once = work(project, make(size))
            while once < 0.1 and size < 500_000:
                size *= 2
                once = work(project, make(size))
            twice = work(project, make(2 * size))
            ratios.append(twice / once)
            mark = "  over the limit" if twice / once > LIMIT else ""
            rows.append(f"{name:24}{size:>10,}{once:>8.2f} s{twice:>8.2f} s{twice / once:>8.2f}{mark}")
            print(rows[-1], flush=True) if __name__ == "__main__" else None
    rows.append(f"median {statistics.median(ratios):.2f}, largest {max(ratios):.2f}; at most {LIMIT} is wanted")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table().splitlines()[-1])
