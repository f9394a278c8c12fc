"""Stage 8: the vault as plain Markdown that any generator can publish."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from vaultc import dates, faults, many
from vaultc.diagnostics import Diagnostic
from vaultc.disk import digest, stamp
from vaultc.emit import attachments, canvases, frame, generated, graph_file, note, preview, results, source
from vaultc.emit.backlinks import Mention, mentions
from vaultc.emit.documents import Documents
from vaultc.emit.front_page import Known, front_page
from vaultc.emit.keys import Keys
from vaultc.emit.memo import File, Memo, Part
from vaultc.emit.pages import GRAPH, Layout, layout
from vaultc.emit.write import write
from vaultc.graph import Vault
from vaultc.graph.near import Near
from vaultc.model import Note

__all__ = ["GRAPH", "Emitted", "Layout", "Memo", "emit"]

# Notes that one processor lowers before another would have begun.
_WORTH = 30


@dataclass(frozen=True, slots=True)
class Emitted:
    """What was written: the object `folder`, where each page is, its title, the digest of each file that was made, how many
    differ from before, the preview of each page, and `findings` about notes that could not be lowered, whose pages show their
    source. `parts` has the digest of what each note's text is made of, nothing where that cannot be told; `dates` when each published
    note was changed, in seconds since 1970 UTC."""

    folder: Path
    layout: Layout
    titles: Mapping[str, str]
    digests: Mapping[str, str]
    changed: int
    previews: Mapping[str, str]
    parts: Mapping[str, str]
    dates: Mapping[str, int]
    findings: tuple[Diagnostic, ...] = ()


def emit(vault: Vault, folder: Path, memo: Memo | None = None) -> Emitted:
    """Write the object files of a vault into `folder`, which then holds nothing else.

    What `memo` holds under the digest of what it is made of now is not made again; it then holds what this vault is made of.
    Raises VaultcError when the folder cannot be written.
    """
    memo = Memo() if memo is None else memo
    work = _Work(vault, folder, memo)
    parts = work.parts()
    numbers = graph_file.numbers(vault, memo)
    published = [vault.notes[path] for path in work.layout.notes]
    topics = graph_file.topics(vault, memo)
    known = Known(vault, work.layout, work.measured, numbers, topics, dates.changed(vault.project.root, published))
    front = front_page(known, memo)
    work.notes(parts, front, known.changed, graph_file.around(vault, memo))
    work.texts |= work.measured.generate(vault, work.layout)
    work.texts[GRAPH] = graph_file.text(vault, work.layout, numbers, topics, work.measured)
    work.lists(known, front)
    files, texts = work.files, work.texts
    assets = sorted({asset for part in parts.values() for asset in part.assets} - {*texts, *files})
    cleaned = _cleaned(vault, assets)
    copies = [(path, vault.project.root / path) for path in assets if path not in cleaned]
    changed = write(folder, texts | cleaned, copies, files)
    for name, text in texts.items():
        title = frame.title(text) if name != GRAPH else ""
        written = digest(text.encode("utf-8", "replace"))
        files[name] = File(work.made.get(name, ""), written, title, *stamp(folder / name))
    memo.parts = {path: part for path, part in parts.items() if part.key}
    memo.files = {name: file for name, file in files.items() if file.key}
    titles = {name: file.title for name, file in files.items() if name != GRAPH}
    digests = {name: file.digest for name, file in files.items()}
    previews = {name: preview.bare(title) for name, title in titles.items()}
    previews |= {work.layout.notes[path]: part.preview for path, part in parts.items() if part.preview}
    keys = {path: part.key for path, part in parts.items()}
    return Emitted(folder, work.layout, titles, digests, changed, previews, keys, known.changed, tuple(work.findings))


def _cleaned(vault: Vault, assets: Sequence[str]) -> dict[str, str]:
    """Those of some files that are not published as they are: something would run in a drawing, a canvas names what is not published."""
    site = {*assets, *(path for path, note in vault.notes.items() if note.published)}
    out: dict[str, str] = {}
    for path in assets:
        with suppress(OSError):  # copying it says what is wrong
            text = canvases.public(vault, path, site)
            if path.lower().endswith(".svg") and vault.project.config.html != "trusted":
                text = attachments.drawing(vault.project.root / path)
            if text is not None:
                out[path] = text
    return out


# A note's path, part and lowered text: what goes from one process to another.
_Row = tuple[str, Part, str | None]
_ROWS = msgspec.msgpack.Decoder(list[_Row])


class _Work:
    """One emitting: what its steps share. A note is lowered when its part or its page is not known, and at most once."""

    def __init__(self, vault: Vault, folder: Path, memo: Memo) -> None:
        self.vault = vault
        self.texts: dict[str, str] = {}  # object files to write
        self.files: dict[str, File] = {}  # those that stand
        self.made: dict[str, str] = {}  # what those to write are made of; nothing where they are not to be kept
        self.measured = results.collect(vault)
        self.layout = layout(vault, self.measured.ids if self.measured.any else None)
        self.keys = Keys(vault, self.layout, self.measured)
        self.findings: list[Diagnostic] = []
        self._folder = folder
        self._memo = memo
        self._documents = Documents(vault)
        self._bodies: dict[str, str | None] = {}  # None where lowering failed

    def parts(self) -> dict[str, Part]:
        """What each note gives to others, by path; those that are not known are lowered on all processors."""
        keys = {path: self.keys.part(path) or "" for path in sorted(self.layout.notes)}
        known = {path: part for path, part in self._memo.parts.items() if part.key and part.key == keys.get(path)}
        fresh = [path for path in keys if path not in known]
        for share in many.work(fresh, self._lowered, self._encoded, iter, _WORTH):
            for path, part, body in _ROWS.decode(share.encoded) if share.made is None else share.made:
                known[path], self._bodies[path] = part, body
        for path in fresh:
            if path not in known:  # what another process could not hand on
                known[path] = self._part(path, keys[path])
        return {path: known[path] for path in keys}

    def _lowered(self, paths: Sequence[str]) -> list[_Row]:
        return [(path, self._part(path, self.keys.part(path) or ""), self._bodies[path]) for path in paths]

    def _encoded(self, rows: Iterable[_Row]) -> bytes:
        """The rows without those of notes about which there is something to say: that is said by the process that lowers them again."""
        faulty = {finding.path for finding in self.findings}
        out = []
        for row in rows:
            with suppress(ValueError):  # surrogates
                if row[2] is not None and row[0] not in faulty:
                    out.append(msgspec.Raw(msgspec.msgpack.encode(row)))
        return msgspec.msgpack.encode(out)

    def _part(self, path: str, key: str) -> Part:
        """What a note gives to others, under this key; without one where it is not to be kept."""
        use = self._lower(path)
        sound = self._bodies[path] is not None and not use.findings
        one = self.vault.notes[path]
        said = mentions(self.vault, one, self._documents(one)) if self._bodies[path] is not None else []
        shown = self._preview(one) if self._bodies[path] is not None else ""
        return Part(key if sound else "", tuple(sorted(use.assets)), tuple(said), shown)

    def _preview(self, one: Note) -> str:
        """A note whose words cannot be told is shown by its title; its own page says why."""
        made = partial(preview.preview, self.vault, self.layout, one, self._documents(one))
        return faults.attempt(one.path, "quoted", made, lambda _: "")

    def notes(
        self, parts: Mapping[str, Part], front: str, changed: Mapping[str, int], around: Mapping[str, Near]
    ) -> None:
        """The object files of notes, each with the links to it from others and what lies around it; `front` stands on the first
        page, which has the whole map."""
        home = self.layout.folders[""]
        mentioned: dict[str, list[Mention]] = {}
        for part in parts.values():
            for end, mention in part.mentions:
                mentioned.setdefault(end, []).append(mention)
        for path, name in self.layout.notes.items():
            found = list(dict.fromkeys(mentioned.get(path, ())))
            added = front if name == home else ""
            day = dates.day(changed[path]) if changed[path] else ""
            near = None if name == home else around.get(path)
            key = self.keys.page(parts[path].key, found, added, day, near) if parts[path].key else ""
            if not self._stands(name, key):
                self.made[name] = key
                self.texts[name] = self._page(path, frame.Around(found, added, day, near))

    def lists(self, known: Known, front: str) -> None:
        """The pages that list notes: all of them stand, or all are made."""
        key = self.keys.listing(self._memo.metrics[0], front, known.changed)
        names = self.layout.generated - self.texts.keys()
        if not all(self._stands(name, key) for name in names):
            for name in names:
                self.files.pop(name, None)
            self.texts |= generated.generate(known, front, GRAPH)
            self.made |= dict.fromkeys(names, key)

    def _stands(self, name: str, key: str) -> bool:
        """Whether an object file is there that was made of the same."""
        known = self._memo.files.get(name)
        if not (key and known and known.key == key and known.stands(f"{self._folder}/{name}")):
            return False
        self.files[name] = known
        return True

    def _page(self, path: str, around: frame.Around) -> str:
        if path not in self._bodies:
            self._lower(path)
        one, body = self.vault.notes[path], self._bodies.pop(path)
        if body is None:
            return source.page(self.vault, one)
        framed = partial(frame.page, self.vault, self.layout, one, body, around)
        return faults.attempt(path, "lowered", framed, lambda fault: self._as_written(one, fault))

    def _lower(self, path: str) -> note.Use:
        use = note.Use(self._documents)
        one = self.vault.notes[path]
        self._bodies[path] = None
        if not any(finding.code == "VC006" for finding in one.findings):
            folds = self.measured.folds(self.layout, one)
            lowered = partial(note.body, self.vault, self.layout, one, use, folds)
            self._bodies[path] = faults.attempt(path, "lowered", lowered, use.findings.append)
            self.findings += use.findings
        return use

    def _as_written(self, one: Note, fault: Diagnostic) -> str:
        self.findings.append(fault)
        self.made[self.layout.notes[one.path]] = ""
        return source.page(self.vault, one)
