"""Does the work grow with the input alone? Awkward notes and vaults at one size and at twice it, in processor time.

    python benchmarks/growth.py [--stage check|build] [KIND…]

`check` compiles, checks and repairs; `build` writes the object files and renders each with the generator's Markdown. A size is
doubled until one run takes long enough to be timed.
"""

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import markdown

from vaultc import pipeline
from vaultc.config import Project, locate
from vaultc.emit import emit
from vaultc.graph import Vault
from vaultc.parse import parse
from vaultc.publish.dialect import EXTENSIONS
from vaultc.refactor import fixes
from vaultc.scan import Scan, source_file

Files = dict[str, bytes]
LIMIT = 2.7
REPEAT = 5
TIMED = 0.1  # processor seconds
LARGEST = 500_000


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
    "paths of equal headings": lambda n: one("# h\n" * n + "".join(f"# x{at}\n[[#h#x{at}]]\n" for at in range(n))),
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
    "names of one tail": lambda n: {f"d{at}/x/same.md": f"[[x/same]] [[d{at // 2}/x/same]]".encode() for at in range(n)},
    "headings of braces": lambda n: one("# {" + "#a" * n),
    "half comments": lambda n: one("<!-- " * n),
    "half instructions": lambda n: one("<? " * n + "\n\n" + "<![CDATA[" * n + "\n\n" + "<!X " * n),
    "half tags": lambda n: one("< id" * n + "\n\n" + "<a id" * n + "\n\n<div" + " id" * n),
    "ignores in a line": lambda n: one("x <!-- vaultc: ignore VC201 --> [[m]] " * n),
    "spaces in a definition": lambda n: one("[a]:" + " " * n + "\n\n" + "[b]: <" * n),
    "slashes after a link": lambda n: one("[[a]](" + "/" * n + "\n\n" + "[[a]](/" * n),
    "hashes in a link": lambda n: one("[[" + "a#" * 1000 + "]]\n\n" * (n // 100)),
    "links that are missing": lambda n: one("[[x]] " * n),
    "nested brackets": lambda n: one("[" * n + "a" + "]" * n),
    "half images": lambda n: one("![" * n + "\n\n" + "![x " * n),
    "half links": lambda n: one("[a](" * n + "\n\n" + "[a](<" * n),
    "half footnotes": lambda n: one("x^[" * n),
    "footnotes in lines": lambda n: one("x^[a] " * n),
    "footnotes": lambda n: one("".join(f"a[^{at}]\n\n[^{at}]: b\n\n" for at in range(n))),
    "references to a footnote": lambda n: one("a[^1] " * n + "\n\n[^1]: b\n"),
    "half marks": lambda n: one("==a " * n),
    "marks": lambda n: one("==a== " * n),
    "half strikes": lambda n: one("~~a " * n + "\n\n" + "~a " * n),
    "half emphasis": lambda n: one("*a **b " * n + "\n\n" + "_a " * n + "\n\n" + "a* " * n + "\n\n" + "a**b" * n),
    "emphasis": lambda n: one("*a* **b** _c_ ***d*** " * n),
    "half code": lambda n: one("`a " * n + "\n\n" + "".join("`" * (at % 200 + 1) + " " for at in range(n))),
    "half formulas": lambda n: one("$a " * n + "\n\n" + "$$a " * n),
    "attribute lists": lambda n: one("{: .x }" * n + "\n\n" + "a\n{: .x }\n\n" * n + "# a " + "{: .x " * n),
    "half elements": lambda n: one("<b>x " * n),
    "elements": lambda n: one("<b>x</b> " * n),
    "elements never opened": lambda n: one("<b>" * n + "</i>" * n),
    "elements left open": lambda n: one("<div>\n\n" * n),
    "embeds of a long note": lambda n: {"a.md": b"![[l]]\n\n" * 60, "l.md": b"text *a* [[a]] `b`\n\n" * n},
    "embeds in a list": lambda n: {"a.md": b"- ![[l]]\n" * 60, "l.md": b"text *a* [[a]] `b`\n\n" * n},
    "links to one note from one": lambda n: {"hub.md": b"# h\n", "a.md": b"[[hub]] text.\n\n" * n},
    "equal headings, linked": lambda n: one("# h\n\n[[#h]]\n\n" * n),
    "escapes": lambda n: one("\\[" * n + "\n\n" + "\\" * n + "\n\n" + "&amp" * n + "\n\n" + "&a;" * n),
    "addresses": lambda n: one("http://a.b " * n + "\n\nhttp://a.b" + "(" * n + ")" * n + "\n\nhttp://a.b" + "!" * n),
    "items": lambda n: one("- a\n" * n + "\n---\n\n" + "1. a\n\n" * n + "---\n\n" + "- a\n\n1. b\n\n" * n),
    "callouts": lambda n: one("> [!note] a\n> b\n\n" * n),
    "rows": lambda n: one("|a|b|\n|---|---|\n" + "|c|`d`|\n" * n),
    "fences": lambda n: one("```\na\n```\n\n" * n),
    "folders": lambda n: {"/".join(f"d{at}" for at in range(1 + k % 60)) + f"/n{k}.md": b"[[n1]]\n" for k in range(n)},
}  # fmt: skip


def compiled(project: Project, files: Files) -> Vault:
    sources = tuple(source_file(path, data) for path, data in sorted(files.items()))
    return pipeline.link(project, Scan(sources, (), (), ()), lambda every: [parse(source) for source in every])


def checked(project: Project, files: Files) -> float:
    """Processor seconds to compile, check and repair a vault."""
    start = time.process_time()
    vault = compiled(project, files)
    fixes.plan(vault, pipeline.findings(vault).diagnostics, lambda path: True)
    return time.process_time() - start


def built(project: Project, files: Files) -> float:
    """Processor seconds to write the object files of a compiled vault and to render each as the generator does."""
    vault = compiled(project, files)
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        emitted = emit(vault, Path(folder) / "docs")
        for page in emitted.folder.rglob("*.md"):
            text = page.read_text(encoding="utf-8").split("\n---\n", 1)[1]
            markdown.Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS).convert(text)
        return time.process_time() - start


STAGES: dict[str, Callable[[Project, Files], float]] = {"check": checked, "build": built}


def work(stage: str, project: Project, files: Files) -> float:
    """Processor seconds of a stage; the least of several runs."""
    samples = []
    for _ in range(REPEAT):
        gc.collect()
        samples.append(STAGES[stage](project, files))
        if sum(samples) > 2:
            break
    return min(samples)


def table(stage: str = "check", kinds: Iterable[str] = KINDS) -> str:
    """A row for each kind: the size at which it takes long enough to be timed, the seconds there and at twice it, the ratio."""
    rows = [f"{stage:28}{'size':>10}{'once':>10}{'twice':>10}{'ratio':>8}"]
    ratios = []
    print(rows[0], flush=True) if __name__ == "__main__" else None
    with tempfile.TemporaryDirectory() as folder:
        project = locate(Path(folder))
        for name in kinds:
            make = KINDS[name]
            size = 30 if stage == "build" else 250
            once = work(stage, project, make(size))
            while once < TIMED and size < LARGEST:
                size *= 2
                once = work(stage, project, make(size))
            twice = work(stage, project, make(2 * size))
            ratios.append(twice / once)
            mark = "  over the limit" if twice / once > LIMIT else ""
            rows.append(f"{name:28}{size:>10,}{once:>8.2f} s{twice:>8.2f} s{twice / once:>8.2f}{mark}")
            print(rows[-1], flush=True) if __name__ == "__main__" else None
    rows.append(f"median {statistics.median(ratios):.2f}, largest {max(ratios):.2f}; at most {LIMIT} is wanted")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="what is many; by default every kind")
    parser.add_argument("--stage", choices=list(STAGES), action="append", help="by default both")
    options = parser.parse_args()
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    for stage in options.stage or STAGES:
        print(table(stage, options.kinds or KINDS).splitlines()[-1])


if __name__ == "__main__":
    main()
