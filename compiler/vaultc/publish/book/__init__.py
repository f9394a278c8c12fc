"""A note with a reading order, and the notes that it leads to, as one document: Typst, LaTeX or PDF.

The notes are read as the site reads them; pandoc writes what was read, and Typst sets it. A link to a note of the book is a
cross-reference, one to a block of another note a reference at the end, any other link its own words.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Final, Literal, get_args

from vaultc import faults
from vaultc.diagnostics import Diagnostic
from vaultc.emit import results
from vaultc.emit.note import opening_title
from vaultc.errors import VaultcError
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.parse.frontmatter import strings
from vaultc.publish.book import ast, markup, order, typeset
from vaultc.publish.book.ast import Node
from vaultc.publish.book.meaning import LOWEST, NoteMeaning, Place
from vaultc.publish.book.parts import Parts
from vaultc.publish.book.reader import read
from vaultc.text import Span

__all__ = ["FORMATS", "Book", "BookFormat", "book"]

BookFormat = Literal["pdf", "typst", "latex"]
FORMATS: Final = get_args(BookFormat)
_NUMBERED: Final = re.compile(r"\d+[.)]")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]+)?")


@dataclass(frozen=True, slots=True)
class Book:
    """The document, the `files` that it shows by the paths that it knows them by, `findings` about notes that are not in it as they
    should be, and `remarks` about the rest."""

    document: bytes
    files: Mapping[str, bytes]
    chapters: int
    findings: tuple[Diagnostic, ...]
    remarks: tuple[str, ...]


def book(vault: Vault, note: Note, form: BookFormat, folder: str) -> Book:
    """The book of a note. Beside the source of one, its pictures lie in `folder`.

    Raises VaultcError where the note is not published, a program is missing, or the book cannot be set.
    """
    if not note.published:
        raise VaultcError(f"{note.path} is not published, and no book is made of it")
    typeset.require()
    parts = Parts(vault, {}, results.collect(vault))
    found = order.chapters(vault, note, parts.documents(note))
    parts.chapters = {note.path: 0} | {chapter.path: number for number, chapter in enumerate(found, 1)}
    blocks = _assembled(parts, note, found)
    blocks += _listings(parts)
    blocks += _references(parts)
    markup.without_html(blocks)
    unread = markup.checked_formulas(blocks, form)
    markup.sound_links(blocks)
    remarks = [f"{len(unread)} formulas are shown as TeX, for they cannot be read: {unread[0]}"] if unread else []
    pictures = _files(parts, form, folder, blocks)
    source = _source(parts, note, form, blocks)
    document = source.encode("utf-8", "replace")
    if form == "pdf":
        document, warnings = typeset.pages(source, pictures)
        remarks += warnings
        pictures = {}
    return Book(document, pictures, len(found), tuple(parts.findings), tuple(remarks))


def _assembled(parts: Parts, note: Note, found: list[order.Chapter]) -> list[Node]:
    """The order's own text, with the chapters at the end of the section that lists them."""
    todo = list(enumerate(found, 1))
    out: list[Node] = []
    level = 0

    def chapters(until: int) -> None:
        while todo and todo[0][1].section < until:
            number, chapter = todo.pop(0)
            out.extend(_chapter(parts, parts.vault.notes[chapter.path], number, min(level + 1, LOWEST)))

    for block in _text(parts, note, Place(0, 0)):
        if block["t"] == "Header" and (match := re.fullmatch(r"c0-h(\d+)", block["c"][1][0])):
            chapters(int(match[1]))
            level = block["c"][0]
            block["c"][2] = _unnumbered(block["c"][2])
        out.append(block)
    chapters(len(note.headings) + 1)
    return out


def _unnumbered(title: list[Node]) -> list[Node]:
    """A heading without the number that its author gave it: the book counts by itself."""
    numbered = len(title) > 2 and title[0]["t"] == "Str" and title[1]["t"] == "Space"
    return title[2:] if numbered and _NUMBERED.fullmatch(title[0]["c"]) else title


def _chapter(parts: Parts, note: Note, number: int, level: int) -> list[Node]:
    head = ast.header(level, f"c{number}", _title(parts, note, Place(number, level)))
    body = _text(parts, note, Place(number, level))
    language = next(iter(strings(note.metadata.get("lang"))), "")
    if _LANGUAGE.fullmatch(language) and language != parts.vault.project.config.language:
        body = [ast.node("Div", [ast.attributes(lang=language), body])]
    return [head, *body]


def _title(parts: Parts, note: Note, place: Place) -> list[Node]:
    """The title as it is written where a heading is it, else its words."""
    document = parts.documents(note)
    at = opening_title(note, document)
    heading = next((heading for heading in note.headings if heading.span.start == at), None)
    if heading is None:
        return ast.words(note.title)
    inner = NoteMeaning(parts, note, Place(place.chapter, place.level, ((note.path, heading.span),) * 2))
    made = faults.attempt(note.path, "set", lambda: read(document, heading.span, inner), lambda _: [])
    return made[0]["c"][2] if made and made[0]["t"] == "Header" else ast.words(note.title)


def _text(parts: Parts, note: Note, place: Place) -> list[Node]:
    """The body of a note; where it cannot be read, a line that says so."""

    def instead(fault: Diagnostic) -> list[Node]:
        parts.findings.append(fault)
        return [ast.node("Para", ast.words("This note could not be compiled."))]

    if known := next((finding for finding in note.findings if finding.code == "VC006"), None):
        return instead(known)
    whole = Span(note.body, len(parts.vault.text(note.path)))
    meaning = NoteMeaning(parts, note, Place(place.chapter, place.level, ((note.path, whole),)))
    breaks = parts.vault.project.obsidian.hard_breaks
    return faults.attempt(note.path, "set", partial(read, parts.documents(note), whole, meaning, breaks), instead)


def _listings(parts: Parts) -> list[Node]:
    """The code of the benchmarks, which a page folds away and a book has at its end."""
    out = [ast.header(1, "listings", ast.words("Code of the measurements"), ("unnumbered",))] if parts.listings else []
    for number, (id, code) in enumerate(parts.listings.items(), 1):
        title = [ast.node("Code", [ast.attributes(), id])]
        out += [ast.header(2, f"l{number}", title, ("unnumbered", "unlisted")), code]
    return out


def _references(parts: Parts) -> list[Node]:
    """The blocks that were cited, in the order in which they were, and those that they cite."""
    out: list[Node] = []
    number = 0
    while number < len(parts.cited):
        target = list(parts.cited)[number]
        number += 1
        note, part = parts.vault.notes[target.path], parts.vault.extent(target)
        meaning = NoteMeaning(parts, note, Place(-1, 0, ((note.path, part),) * 2))
        made = faults.attempt(
            note.path, "cited", partial(read, parts.documents(note), part, meaning), parts.findings.append
        )
        name = ast.span([*ast.raw(False, typst="#metadata(none)"), ast.node("Str", f"[{number}]")], f"r{number}")
        while made and made[0]["t"] == "BulletList":  # an entry of a list
            made = [*chain.from_iterable(made[0]["c"]), *made[1:]]
        first, *rest = made or [ast.node("Para", [])]
        inlines = first["c"] if first["t"] in ("Para", "Plain") else []
        out.append(ast.node("Para", [name, ast.node("Space"), *inlines]))
        out += rest if inlines else [first, *rest]
    return [ast.header(1, "references", ast.words("References"), ("unnumbered",)), *out] if out else []


def _files(parts: Parts, form: BookFormat, folder: str, blocks: list[Node]) -> dict[str, bytes]:
    """The pictures under the names that the document has for them, which is told them."""
    shown = {each["c"][2][0] for each in ast.every(blocks) if each["t"] == "Image"}
    out: dict[str, bytes] = {}
    names = {}
    for name, data in parts.pictures.files.items():
        if name in shown:
            made = name
            if form == "latex" and name.rpartition(".")[2] in ("gif", "svg", "webp"):
                made, data = name.rpartition(".")[0] + ".pdf", typeset.as_pdf(name, data)
            names[name] = f"{folder}/{made}"
            out[names[name]] = data
    for each in ast.every(blocks):
        if each["t"] == "Image":
            each["c"][2][0] = names[each["c"][2][0]]
    return out


def _source(parts: Parts, note: Note, form: BookFormat, blocks: list[Node]) -> str:
    writer = "latex" if form == "latex" else "typst"
    summary = next(iter(strings(note.metadata.get("summary"))), "")
    title: Callable[[list[Node]], Node] = partial(ast.node, "MetaInlines")
    meta: dict[str, Any] = {
        "title": title(_title(parts, note, Place(0, 0))),
        "lang": ast.node("MetaString", parts.vault.project.config.language),
    }
    if summary:
        meta["subtitle"] = title(ast.words(summary))
    options = ["--standalone", "--wrap=none", "--number-sections"]
    if writer == "latex":
        head = typeset.data("book.tex").read_text(encoding="utf-8")
        meta["header-includes"] = ast.node("MetaBlocks", ast.raw(True, latex=head))
        options += ["--top-level-division=chapter", "--variable=documentclass:report", "--toc"]
    else:
        options.append(f"--template={typeset.data('book.typst')}")
    document = ast.document(blocks, meta)
    if writer == "typst":
        markup.plain_words(document)
    made, _ = typeset.pandoc(json.dumps(document), "json", writer, *options)
    return made
