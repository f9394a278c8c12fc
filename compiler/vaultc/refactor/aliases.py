"""One more name for a note, written into its front matter."""

import re
from collections.abc import Iterator

import yaml

from vaultc import scan
from vaultc.diagnostics import Edit
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.parse import parse
from vaultc.text import Span, splice

_FLOW = re.compile(r"^alias(?:es)?:[ \t]*\[(?P<all>[^\]\n#]*)\][ \t]*(?:#.*)?$", re.M)
_ITEMS = re.compile(r"^alias(?:es)?:[ \t]*\n(?:(?P<dash>[ \t]*- ).*\n)+", re.M)
_ONE = re.compile(r"^alias(?:es)?:[ \t]*(?P<one>[^\s\[{#&*|>!][^\n#]*?)?[ \t]*$", re.M)


def add(vault: Vault, note: Note, alias: str) -> Edit | None:
    """What to write so that a note has one more alias and everything else stays; None where that cannot be."""
    data = vault.text(note.path)
    for span, text in _ways(data, note.body, alias):
        read = parse(scan.source_file(note.path, splice(data, [(span, text)])))
        others = {key: value for key, value in read.metadata.items() if key not in ("aliases", "alias")}
        before = {key: value for key, value in note.metadata.items() if key not in ("aliases", "alias")}
        if (
            read.aliases == (*note.aliases, alias)
            and others == before
            and read.title == note.title
            and len(read.findings) <= len(note.findings)
        ):
            return Edit(note.path, span, text)
    return None


def _ways(data: bytes, body: int, alias: str) -> Iterator[tuple[Span, str]]:
    """The places where it may stand: in the list that is there, after the last key, or in front matter of its own."""
    head = data[:body].decode("utf-8", "replace")
    word = yaml.safe_dump([alias], allow_unicode=True, default_flow_style=True, width=len(alias) * 8 + 80).strip()[1:-1]

    def at(start: int, end: int) -> Span:
        return Span(len(head[:start].encode()), len(head[:end].encode()))

    if found := _FLOW.search(head):
        listed = found["all"].strip().rstrip(",")
        yield at(*found.span("all")), f"{listed}, {word}" if listed else word
    if found := _ITEMS.search(head):
        yield at(found.end(), found.end()), f"{found['dash']}{word}\n"
    if found := _ONE.search(head):
        old = f"{found['one']}, " if found["one"] else ""
        yield at(*found.span()), f"{found[0].partition(':')[0]}: [{old}{word}]"
    if closing := re.search(r"^(?:---|\.\.\.)[ \t]*\r?\n?\Z", head.rstrip("\r\n") + "\n", re.M):
        yield at(closing.start(), closing.start()), f"aliases: [{word}]\n"
    if not body or not head.strip("\ufeff\r\n"):
        start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        yield Span(start, start), f"---\naliases: [{word}]\n---\n\n"
