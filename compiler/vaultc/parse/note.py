"""From one source file to one `Note`: everything the later stages need to know about it."""

import re
from collections.abc import Sequence

from vaultc import faults
from vaultc.diagnostics import Diagnostic, report
from vaultc.model import Definition, Heading, Note, Reference, SourceFile, Tag
from vaultc.parse import anchors, blocks, document, frontmatter, mojibake
from vaultc.parse.document import Document
from vaultc.parse.frontmatter import FrontMatter
from vaultc.parse.ranges import Ranges
from vaultc.parse.walk import EXTERNAL, PLACEHOLDER, Walk, tag
from vaultc.text import Span, fold

LONGEST = 16_000_000  # bytes
_HTML_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_HEADING_ID = re.compile(r"#([^\s{}#]+)")
_PROPERTY_LINK = re.compile(rb"!?\[\[([^\[\]\r\n|]+)(\|[^\[\]\r\n]*)?\]\]")
_DEFINITION = re.compile(
    rb"^ {0,3}\[([^\[\]\r\n^][^\[\]\r\n]*)\]:[ \t]*+(?:\r?\n[ \t]*+)?(<[^<>\r\n]*>|[^\s<]\S*)", re.M
)


def parse(source: SourceFile) -> Note:
    """The note in a source file. Never raises for what the file holds: faults become the note's `findings`."""
    return parse_all((source,))[0]


def parse_all(sources: Sequence[SourceFile]) -> list[Note]:
    """The notes in source files, in order: the same, step by step for all of them, which is a tenth faster, since what a step
    needs stays in the processor's cache."""
    if len(sources) == 1:
        return [_attempted(sources[0])]
    if any(len(source.data) > LONGEST for source in sources):
        return [_attempted(source) for source in sources]
    path = sources[0].path if sources else ""
    return faults.attempt(path, "read", lambda: _parsed(sources), lambda _: [parse(source) for source in sources])


def _attempted(source: SourceFile) -> Note:
    if (size := len(source.data)) > LONGEST:
        why = f"is too long: {size / 1e6:.0f} MB, and at most {LONGEST / 1e6:.0f} MB are compiled"
        return _unread(
            source, faults.not_compiled(source.path, why, "move data into files of their own, or cut the note")
        )
    return faults.attempt(source.path, "read", lambda: _parsed((source,))[0], lambda fault: _unread(source, fault))


def _unread(source: SourceFile, fault: Diagnostic) -> Note:
    """What stands for a note whose text raises. It is public only if its front matter can be read and says nothing else."""
    data, findings = text(source)
    front = faults.attempt(source.path, "read", lambda: frontmatter.read(source.path, data), lambda _: None)
    if front is None:
        front, public = FrontMatter(), False
    else:
        public = frontmatter.published(front.metadata)
    title = next(iter(frontmatter.strings(front.metadata.get("title"))), "") or source.path.rpartition("/")[2][:-3]
    return Note(
        source.path,
        source.digest,
        title,
        dict(front.metadata),
        front.body,
        published=public,
        findings=(*findings, *front.findings, fault),
    )


def _parsed(sources: Sequence[SourceFile]) -> list[Note]:
    texts = [text(source) for source in sources]
    fronts = [frontmatter.read(source.path, data) for source, (data, _) in zip(sources, texts, strict=True)]
    docs = [document.read(data, front.body) for (data, _), front in zip(texts, fronts, strict=True)]
    return [
        _note(source, findings + front.findings, front, doc)
        for source, (_, findings), front, doc in zip(sources, texts, fronts, docs, strict=True)
    ]


def _note(source: SourceFile, findings: tuple[Diagnostic, ...], front: FrontMatter, doc: Document) -> Note:
    walk = Walk(doc)
    headings = tuple(
        Heading(level, plain, doc.slice(*where).strip(" \t#\r\n"), anchor, span)
        for (level, plain, where, span), anchor in zip(
            walk.headings, anchors.unique(h[1] for h in walk.headings), strict=True
        )
    )
    metadata = dict(front.metadata)
    first = opening(doc, headings)
    title = next(iter(frontmatter.strings(metadata.get("title"))), "") or (first.text if first else "")
    aliases = [a for key in ("aliases", "alias") for a in frontmatter.strings(metadata.get(key), split=",\n")]
    named = [t for key in ("tags", "tag") for t in frontmatter.strings(metadata.get(key), split=r",\s")]
    tags = dict.fromkeys(Tag(name, front.span) for text in named if (name := tag(text.lstrip("#"))))
    return Note(
        path=source.path,
        digest=source.digest,
        title=title or source.path.rpartition("/")[2][:-3],
        metadata=metadata,
        body=front.body,
        aliases=tuple(dict.fromkeys(aliases)),
        published=frontmatter.published(metadata),
        headings=headings,
        blocks=blocks.find(doc, walk.leaves, walk.literal),
        ids=(*walk.ids, *(name for h in headings if (name := _attribute_id(h.text)))),
        references=(*_properties(doc.data, front.span), *walk.references),
        definitions=_definitions(doc, walk.literal),
        tags=(*tags, *walk.tags),
        snippets=tuple(walk.snippets),
        ignores=tuple(walk.ignores),
        findings=findings + mojibake.findings(source.path, doc.data),
    )


def opening(doc: Document, headings: Sequence[Heading]) -> Heading | None:
    """The heading of level 1 that a note begins with, if it has words; only comments may stand before it."""
    first = headings[0] if headings else None
    if first is None or first.level != 1 or not first.text:
        return None
    before = bytearray(doc.data[doc.body : first.span.start])
    for start, end in doc.comments:
        if end <= first.span.start:
            before[start - doc.body : end - doc.body] = b" " * (end - start)
    return None if _HTML_COMMENT.sub(b"", before).strip() else first


def text(source: SourceFile) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The file's text as UTF-8, and what was wrong with its bytes; spans of a damaged file are places in that text."""
    try:
        source.data.decode()
    except UnicodeDecodeError as fault:
        help = "save the file as UTF-8"
        if source.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            data = source.data.decode("utf-16", "replace").encode()
            return data, (report("VC002", "file is UTF-16, not UTF-8", source.path, help=help),)
        data = source.data.decode("utf-8", "replace").encode()
        at = len(source.data[: fault.start])
        return data, (
            report("VC002", f"byte 0x{source.data[at]:02x} is not UTF-8", source.path, Span(at, at), help=help),
        )
    if b"\0" in source.data:
        at = source.data.index(b"\0")
        finding = report("VC002", "file holds NUL bytes", source.path, Span(at, at + 1), help="remove the NUL bytes")
        return source.data, (finding,)
    return source.data, ()


def _attribute_id(text: str) -> str:
    """The id in the braces at the end of a heading, `{#id}` or `{.class #id}`."""
    text = text.rstrip()
    inner = text[text.rfind("{") + 1 : -1] if text.endswith("}") and "{" in text else ""
    return next(reversed(_HEADING_ID.findall(inner)), "") if "}" not in inner else ""


def _definitions(doc: Document, literal: list[Span]) -> tuple[Definition, ...]:
    if b"]:" not in doc.data:
        return ()
    out: dict[str, Definition] = {}
    hidden = Ranges(literal)
    for match in _DEFINITION.finditer(doc.data, doc.body):
        if match.start() in hidden:
            continue
        start, end = match.span(2)
        if doc.data[start] == 0x3C:
            start, end = start + 1, end - 1
        target = doc.slice(start, end)
        if not EXTERNAL.match(target):
            label = fold(" ".join(match[1].decode("utf-8", "replace").split()))
            out.setdefault(label, Definition(label, target, Span(start, end)))
    return tuple(out.values())


def _properties(data: bytes, front: Span) -> list[Reference]:
    block = data[front.start : front.end]
    out = []
    for match in _PROPERTY_LINK.finditer(block) if b"[[" in block else ():
        written = match[1].decode("utf-8", "replace")
        target = written.strip()
        if block[block.rfind(b"\n", 0, match.start()) + 1 : match.start()].lstrip().startswith(b"#"):
            continue
        if not target or PLACEHOLDER.search(target) or "://" in target:
            continue
        lead = front.start + match.start(1) + len(written[: -len(written.lstrip())].encode())
        label = match[2][1:].decode("utf-8", "replace").strip() if match[2] else None
        span = Span(front.start + match.start(), front.start + match.end())
        where = Span(lead, lead + len(target.encode()))
        out.append(Reference("property", target, label, span, where, front, raw=target))
    return out
