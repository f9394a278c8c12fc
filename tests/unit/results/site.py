"""A vault with made-up results, emitted and rendered as the generator would; no number in it was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import markdown

from vaultc.bench.records import store
from vaultc.bench.records.jobs import Job, make_job
from vaultc.bench.records.keys import claims_key
from vaultc.bench.records.model import Claim, Environment, Flag, MachineClass, Param, Point, Run, Status
from vaultc.emit import emit
from vaultc.publish.dialect import EXTENSIONS
from vaultc.session import Session

CPU = MachineClass("cpu", "Made-up CPU", threads=2)
GPU = MachineClass("cuda", "Made-up GPU", "9.0")
ENVIRONMENT = Environment("3.12.1", "Linux 6.8", torch="2.13.0")
CODE = "from vaultc import bench\n\n# body\nbench.claim('It holds.', holds=True)\n"
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass
class Element:
    """A node of rendered HTML."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """The elements below with this name and these attributes; `class_` is one of the classes."""
        return [found for found in self if (not name or found.name == name) and found.has(**attributes)]

    def one(self, name: str = "", **attributes: str) -> Element:
        found = self.all(name, **attributes)
        assert len(found) == 1, f"{len(found)} elements {name} {attributes}"
        return found[0]

    def has(self, **attributes: str) -> bool:
        for key, value in attributes.items():
            given = self.attributes.get(key.rstrip("_").replace("_", "-"))
            if given is None or (value not in given.split() if key == "class_" else given != value):
                return False
        return True

    @property
    def text(self) -> str:
        words = (child.text if isinstance(child, Element) else child for child in self.children)
        return " ".join(" ".join(words).split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root")
        self.stack = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.stack[-1].children.append(element)
        if tag not in _VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack[-1].children.append(Element(tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack[-1].name == tag, f"</{tag}> closes <{self.stack[-1].name}>"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def parsed(html: str) -> Element:
    """The tree of a piece of HTML; fails where its elements are not closed in order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.stack == [builder.root], f"<{builder.stack[-1].name}> is not closed"
    return builder.root


def fence(id: str, code: str = CODE, more: str = "") -> str:
    """A benchmark as it stands in a note."""
    return f"```python bench id={id} {more}\n{code}```\n"


def key(id: str, code: str = CODE, more: str = "") -> str:
    """The code key of that benchmark."""
    job = make_job(f"python bench id={id} {more}", code, lambda path: None)
    assert isinstance(job, Job)
    return job.code_key


def point(
    *processes: float, status: Status = "ok", message: str = "", flags: tuple[Flag, ...] = (), metric: str = "time",
    unit: str = "s", rss: tuple[int, ...] = (), **params: Param,
) -> Point:  # fmt: skip
    """A point with one sample for each process."""
    samples = tuple((value,) for value in processes)
    return Point("work", params, metric, unit, status, samples, message, rss=rss, flags=flags)


def run(
    *points: Point, id: str = "b", code: str = CODE, status: Status = "ok", machine: MachineClass = CPU, day: int = 1,
    environment: Environment = ENVIRONMENT, claims: tuple[Claim, ...] = (), message: str = "", log: str = "",
) -> Run:  # fmt: skip
    """A run of that day of January 2026, with the code of `fence`."""
    started = f"2026-01-{day:02}T00:00:00Z"
    return Run(
        id,
        key(id, code),
        status,
        started,
        1.0,
        machine,
        environment,
        "1",
        points,
        claims,
        message,
        log,
        claims_key=claims_key(code),
    )


def vault(folder: Path, notes: Mapping[str, str], *runs: Run) -> Path:
    """A vault of these notes, with these results written by the store."""
    for name, text in notes.items():
        path = folder / "vault" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "vault" / ".obsidian").mkdir(exist_ok=True)
    for made in runs:
        store.append(folder / "vault", made)
    return folder / "vault"


def pages(root: Path) -> dict[str, str]:
    """The object files of a vault by path."""
    out = root.parent / "objects"
    emit(Session.open(root).vault, out)
    return {
        path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file()
    }


def rendered(text: str) -> Element:
    """An object file as Python-Markdown makes it."""
    body = text.partition("\n---\n")[2]
    return parsed(markdown.markdown(body, extensions=list(EXTENSIONS), extension_configs=EXTENSIONS))


def page(root: Path, name: str = "n.md") -> Element:
    """A page of a vault, rendered."""
    return rendered(pages(root)[name])


def results(root: Path) -> Element:
    """The results on the page of `n.md`, which has one benchmark."""
    return page(root).one("div", data_vaultc="results")
