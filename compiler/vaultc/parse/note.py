"""From one source file to one `Note`: everything the later stages need to know about it."""

import html
import re
from collections.abc import Sequence
from urllib.parse import unquote

from vaultc import faults
from vaultc.diagnostics import Diagnostic, report
from vaultc.model import Definition, Heading, Ignore, Note, Reference, ReferenceKind, Snippet, SourceFile, Tag
from vaultc.parse import anchors, blocks, document, frontmatter, mojibake
from vaultc.parse.document import Document, Event, WikiLink
from vaultc.parse.frontmatter import FrontMatter
from vaultc.parse.ranges import Ranges
from vaultc.text import Span, fold, make_span

LONGEST = 16_000_000  # bytes
_EXTERNAL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")
_PLACEHOLDER = re.compile(r"<%|\{\{|\{%")
_TAG = re.compile(r"(?<![^\s(,;])#((?:[^\W]|[/_\-‑]|[\u200d\ufe0f\U0001f000-\U0001faff])+)")
_HEADING_BLOCK_ID = re.compile(r"(?:^|\s)\^[\w-]+\s*$")
_HTML_ID = re.compile(r"""<[^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""")
_HEADING_ID = re.compile(r"#([^\s{}#]+)")
_IGNORE = re.compile(r"<!--\s*vaultc:\s*ignore\b([^<>]*?)-->")
_PROPERTY_LINK = re.compile(rb"!?\[\[([^\[\]\r\n|]+)(\|[^\[\]\r\n]*)?\]\]")
_DEFINITION = re.compile(
    rb"^ {0,3}\[([^\[\]\r\n^][^\[\]\r\n]*)\]:[ \t]*+(?:\r?\n[ \t]*+)?(<[^<>\r\n]*>|[^\s<]\S*)", re.M
)
_LEAVES = {"+Paragraph", "+Heading", "+Item", "+TableRow", "+TableHead"}
# Nearly half of all events, and nothing to learn from them.
_PASSED = frozenset(
    "+TableCell -TableCell -TableRow -TableHead -Table -Paragraph -Item -List -BlockQuote -Emphasis -Strong".split()
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
    walk = _Walk(doc)
    walk.run()
    headings = tuple(
        Heading(level, plain, doc.slice(*where).strip(" \t#\r\n"), anchor, span)
        for (level, plain, where, span), anchor in zip(
            walk.headings, anchors.unique(h[1] for h in walk.headings), strict=True
        )
    )
    metadata = dict(front.metadata)
    title = next(iter(frontmatter.strings(metadata.get("title"))), "") or next(
        (h.text for h in headings if h.level == 1 and h.text), ""
    )
    aliases = [a for key in ("aliases", "alias") for a in frontmatter.strings(metadata.get(key), split=",\n")]
    named = [t for key in ("tags", "tag") for t in frontmatter.strings(metadata.get(key), split=r",\s")]
    tags = dict.fromkeys(Tag(name, front.span) for text in named if (name := _tag(text.lstrip("#"))))
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


class _Walk:
    """One pass over a document's events. Mutable, and never seen outside this module."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.headings: list[tuple[int, str, tuple[int, int], Span]] = []
        self.references: list[Reference] = []
        self.tags: list[Tag] = []
        self.snippets: list[Snippet] = []
        self.ignores: list[Ignore] = []
        self.literal: list[Span] = []
        self.leaves: list[Span] = []
        self.ids: list[str] = []

    def run(self) -> None:
        context = Span(self.doc.body, self.doc.body)
        heading: list[str] | None = None
        inner = [0, 0]
        links: list[tuple[Event, list[str]]] = []
        code: tuple[str, list[str]] | None = None
        pending: list[tuple[tuple[str, ...], Span]] = []
        for name, data, start, end in self.doc.steps(_PASSED):
            if name == "Text":
                if code is not None:
                    code[1].append(data)
                    continue
                if heading is not None:
                    heading.append(data)
                    inner = [min(inner[0], start), max(inner[1], end)]
                if links:
                    links[-1][1].append(data)
                elif "#" in data:
                    self._tags(data, start)
                continue
            if name[0] == "+":
                if pending and name != "+HtmlBlock":
                    self.ignores += (Ignore(codes, span, Span(start, end)) for codes, span in pending)
                    pending.clear()
                if name in _LEAVES:
                    context = make_span((start, end))
                    self.leaves.append(context)
                    if name == "+Heading":
                        heading, inner = [], [end, start]
                elif name == "+Link" or name == "+Image":
                    links.append((Event(name, data, start, end), []))
                elif name == "+CodeBlock":
                    self.literal.append(Span(start, end))
                    self.leaves.append(Span(start, end))
                    code = (data["Fenced"] if isinstance(data, dict) else "", [])
                elif name == "+HtmlBlock":
                    self.literal.append(Span(start, end))
                elif name in ("+Table", "+BlockQuote", "+List"):
                    self.leaves.append(Span(start, end))
            elif name[0] == "-":
                if name == "-Heading" and heading is not None:
                    where = (inner[0], inner[1]) if inner[0] < inner[1] else (start, start)
                    level = int(str(data)[1])
                    plain = _HEADING_BLOCK_ID.sub("", "".join(heading)).strip()
                    self.headings.append((level, plain, where, Span(start, end)))
                    heading = None
                elif name in ("-Link", "-Image") and links:
                    opened, words = links.pop()
                    self._markdown(opened, "".join(words), context)
                    if links:
                        links[-1][1].extend(words)
                elif name == "-CodeBlock" and code is not None:
                    words = code[0].split()
                    if "bench" in words[1:]:
                        self.snippets.append(Snippet(code[0], "".join(code[1]), Span(start, end)))
                    code = None
            elif name == "WikiLink":
                if heading is not None:
                    heading.append(shown(data))
                    inner = [min(inner[0], start), max(inner[1], end)]
                if links:
                    links[-1][1].append(shown(data))
                self._wikilink(data, context)
            elif name in ("Code", "InlineMath", "DisplayMath"):
                self.literal.append(Span(start, end))
                if heading is not None:
                    heading.append(data)
                    inner = [min(inner[0], start), max(inner[1], end)]
                if links:
                    links[-1][1].append(data)
            elif name in ("Html", "InlineHtml"):
                self.literal.append(Span(start, end))
                if heading is not None:
                    inner = [min(inner[0], start), max(inner[1], end)]
                self.ids += _HTML_ID.findall(data)
                if "vaultc" in data:
                    for match in _IGNORE.finditer(data):
                        at = start + len(data[: match.start()].encode())
                        codes = tuple(re.split(r"[\s,]+", match[1].strip())) if match[1].strip() else ()
                        span = Span(at, at + len(match[0].encode()))
                        if name == "Html":
                            pending.append((codes, span))
                        else:
                            self.ignores.append(Ignore(codes, span, context))
            elif heading is not None and name == "FootnoteReference":
                inner = [min(inner[0], start), max(inner[1], end)]
            elif heading is not None and name in ("SoftBreak", "HardBreak"):
                heading.append(" ")
        nowhere = Span(len(self.doc.data), len(self.doc.data))
        self.ignores += (Ignore(codes, span, nowhere) for codes, span in pending)

    def _wikilink(self, link: WikiLink, context: Span) -> None:
        if "://" in link.target and _EXTERNAL.match(link.target):
            return
        kind: ReferenceKind = "embed" if link.embed else "link"
        self.references.append(
            Reference(kind, link.target, link.label, link.span, link.target_span, context, link.escaped, link.target)
        )

    def _markdown(self, event: Event, label: str, context: Span) -> None:
        raw = event.data["dest_url"].strip()
        if (
            not raw
            or _EXTERNAL.match(raw)
            or _PLACEHOLDER.search(raw)
            or event.data["link_type"] in ("Autolink", "Email")
        ):
            return
        path, mark, fragment = raw.partition("#")
        path = path.partition("?")[0]
        target = unquote(path) + mark + unquote(fragment)
        if not target:
            return
        kind: ReferenceKind = "image" if event.name == "+Image" else "markdown"
        where = self._destination(event) if event.data["link_type"] == "Inline" else Span(event.end, event.end)
        self.references.append(Reference(kind, target, label, Span(event.start, event.end), where, context, raw=raw))

    def _destination(self, event: Event) -> Span:
        """Where the destination of an inline link stands, angle brackets excluded."""
        source = self.doc.data[event.start : event.end]
        raw = event.data["dest_url"].encode()
        title = event.data["title"]
        until = source.rfind(title.encode()) if title else len(source)
        at = source.rfind(raw, 0, until if until > 0 else len(source))
        if at < 0:  # written with entities or escapes
            opening = source.rfind(b"](") + 2
            rest = source[opening : until if until > opening else len(source)].rstrip(b")\"'( \t\r\n")
            lead = len(rest) - len(rest.lstrip(b" \t\r\n<"))
            return Span(event.start + opening + lead, event.start + opening + len(rest.rstrip(b">")))
        return Span(event.start + at, event.start + at + len(raw))

    def _tags(self, data: str, start: int) -> None:
        before = self.doc.data[start - 1 : start]
        read = 0
        for match in _TAG.finditer(data):
            if match.start() == 0 and before and before not in b" \t\r\n(,;>|":
                continue
            name = _tag(match[1])
            if name and not name.replace("/", "").isdigit():
                start += len(data[read : match.start()].encode())
                read = match.start()
                self.tags.append(Tag(name, Span(start, start + len(match[0].encode()))))


def _attribute_id(text: str) -> str:
    """The id in the braces at the end of a heading, `{#id}` or `{.class #id}`."""
    text = text.rstrip()
    inner = text[text.rfind("{") + 1 : -1] if text.endswith("}") and "{" in text else ""
    return next(reversed(_HEADING_ID.findall(inner)), "") if "}" not in inner else ""


def _tag(text: str) -> str:
    """The name of a tag as it was written: its levels, none of them empty."""
    return text if "/" not in text else "/".join(filter(None, map(str.strip, text.split("/"))))


def shown(link: WikiLink) -> str:
    """What a reader sees of a link: its label, else the target as written (`n > h` for a heading, as Obsidian shows it)."""
    if link.embed:
        return ""
    if link.label:
        return html.unescape(link.label)
    return " > ".join(part for part in (p.strip() for p in link.target.split("#")) if part)


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
        if not _EXTERNAL.match(target):
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
        if not target or _PLACEHOLDER.search(target) or "://" in target:
            continue
        lead = front.start + match.start(1) + len(written[: -len(written.lstrip())].encode())
        label = match[2][1:].decode("utf-8", "replace").strip() if match[2] else None
        span = Span(front.start + match.start(), front.start + match.end())
        where = Span(lead, lead + len(target.encode()))
        out.append(Reference("property", target, label, span, where, front, raw=target))
    return out
