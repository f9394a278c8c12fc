"""Unlinked mentions: where running text names a note and does not link to it.

Precision comes before completeness: what an author would have to look at twice is not offered. A name stands as whole words, in
any case and number; a Russian one in any form that has its stem (https://snowballstem.org/algorithms/russian/stemmer.html).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from vaultc import parse, scan
from vaultc.graph import Vault, target
from vaultc.index import FOLDER_NOTES
from vaultc.model import Note
from vaultc.parse.ranges import Ranges
from vaultc.refactor.spelling import in_table, linkable, linktext
from vaultc.text import Span, fold, splice

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LITERAL = {"Code", "+CodeBlock", "InlineMath", "DisplayMath", "Html", "InlineHtml", "+HtmlBlock"}
_TAKEN = _LITERAL | {"+Link", "+Image", "+Heading", "WikiLink"}
# A word beside one of these is a part of something else: of a compound, a path, a tag, an address, an identifier.
_JOINED = "-‐‑/\\@#_=&$^~"
_SUFFIX = re.compile(r"[.:]\w")
_BLANK = re.compile(r"\n\s*\n")
_CAPITAL = re.compile(r" [A-ZА-ЯЁ]")
_ADDRESS = re.compile(r"\S*(?:://|www\.)\S+|\S+@\S+\.\w+")
_CYRILLIC = re.compile(r"[а-яё]")
# The share of notes that link a plain word, of those that use it, from which on it is a name.
_OFTEN_LINKED = 0.5
# What stands in so many notes, and in none as a link, is no name.
_OFTEN_SEEN = 5
# A name in one word of at most so many letters is often another word, too: its case must be the same.
_SHORT = 3
_Keys = tuple[str, ...]


class Mention(NamedTuple):
    """A name at `span` in the note at `path`, as it is written there, and the note that has it."""

    path: str
    span: Span
    text: str
    target: str


class _Name(NamedTuple):
    keys: _Keys
    gaps: tuple[str, ...]
    text: str
    fixed: bool
    target: str


class Names:
    """Names to look for, each with the note that it means. `fixed` are English ones that stand in no other number."""

    def __init__(self, names: Iterable[tuple[str, str]], fixed: Container[str] = ()) -> None:
        self._by_keys: defaultdict[_Keys, list[_Name]] = defaultdict(list)
        for name, note in names:
            if (known := _name(name, note, name in fixed)) and known not in self._by_keys[known.keys]:
                self._by_keys[known.keys].append(known)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for keys in self._by_keys:
            lengths[keys[0]].add(len(keys))
        self._lengths = {
            first: sorted(found, reverse=True) for first, found in lengths.items()
        }  # the longest name wins

    def within(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where names stand as whole words in a text: start and end in code points, and the note; none overlaps another."""
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            found = next((name for name in self._beginning(words, at) if _stands(name, words, at, text)), None)
            if found:
                last = at + len(found.keys) - 1
                yield words[at].start(), words[last].end(), found.target
                at = last
            at += 1

    def _beginning(self, words: Sequence[re.Match[str]], at: int) -> Iterator[_Name]:
        """The names that have the words from one on, in any form."""
        for length in self._lengths.get(key(words[at][0]), ()):
            yield from self._by_keys.get(tuple(key(word[0]) for word in words[at : at + length]), ())


def names(vault: Vault) -> Names:
    """The titles, file names and aliases that mean one published note each, and no folder's note."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    for path, note in vault.notes.items():
        if note.published and fold(note.stem) not in FOLDER_NOTES:
            for name in (note.title, note.stem, *note.aliases):
                owners[fold(name)].add(path)
                written.setdefault(fold(name), name)
    known = [(written[name], next(iter(paths))) for name, paths in owners.items() if len(paths) == 1]
    seen, linked = _uses(vault, Names(known))
    kept = [name for name in known if _is_name(name[0], seen[_keys(name[0])], linked[_keys(name[0])])]
    return Names(kept, fixed={name for name, _ in kept if not linked[_keys(name)]})


def _is_name(name: str, seen: int, linked: int) -> bool:
    """Whether a vault means a note by its name, when so many notes use it, and so many of them as a link.

    The measure is the keyphraseness of Mihalcea and Csomai (2007), counted in notes, since a name is linked once in each. A
    plain word needs evidence that it is a name; of what is distinctive it takes evidence to the contrary.
    """
    return linked >= _OFTEN_LINKED * max(seen, 1) if _is_plain(name) else linked > 0 or seen < _OFTEN_SEEN


def _is_plain(name: str) -> bool:
    """Whether a name may be any word of the language."""
    return name.isalpha() and name[1:].islower()


def _uses(vault: Vault, known: Names) -> tuple[Counter[_Keys], Counter[_Keys]]:
    """How many notes use each name, and how many of them as the text of a link to its note."""
    seen: Counter[_Keys] = Counter()
    linked: Counter[_Keys] = Counter()
    for path, note in vault.notes.items():
        body = vault.text(path)[note.body :].decode("utf-8", "replace")
        seen.update({_keys(body[start:end]) for start, end, goal in known.within(body) if goal != path})
        links: set[_Keys] = set()
        for reference, link in zip(note.references, vault.links[path], strict=True):
            shown = reference.label or reference.target.partition("#")[0].rpartition("/")[2]
            links.update(_keys(shown) for _, _, goal in known.within(shown) if goal == target(link))
        linked.update(links)
    return seen, linked


def _keys(text: str) -> _Keys:
    return tuple(map(key, _WORD.findall(text)))


def find(vault: Vault, known: Names, covers: Callable[[Note], bool] = lambda note: True) -> Iterator[Mention]:
    """The first mention of each note in each note that is covered and does not link to it yet."""
    for path, note in vault.notes.items():
        if not covers(note):
            continue
        linked = {target(link) for link in vault.links[path]} | {path}
        for mention in running(vault, note, known):
            if mention.target not in linked:
                linked.add(mention.target)
                yield mention


def running(vault: Vault, note: Note, known: Names) -> Iterator[Mention]:
    """Every place where a name stands in running text: not in code, mathematics, HTML, links, tags, headings or comments."""
    data = vault.text(note.path)
    body = data[note.body :].decode("utf-8", "replace")
    found = list(known.within(body))
    if not found:
        return
    document = parse.read(data, note.body)
    taken = [Span(event.start, event.end) for event in document.events if event.name in _TAKEN]
    taken += [*document.comments, *(reference.span for reference in note.references), *(tag.span for tag in note.tags)]
    ranges, addresses = Ranges(taken), Ranges(Span(*match.span()) for match in _ADDRESS.finditer(body))
    at, place = 0, note.body
    for start, end, goal in found:
        if start in addresses:
            continue
        place += len(body[at:start].encode())
        at = start
        span = Span(place, place + len(body[start:end].encode()))
        if span.start not in ranges:
            yield Mention(note.path, span, body[start:end], goal)


def link(vault: Vault, mentions: Iterable[Mention]) -> Mapping[str, bytes]:
    """The new text of each note in which mentions become links. A note that would not read as meant stays as it is."""
    by_note: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_note[mention.path].append(mention)
    out = {}
    for path, wanted in by_note.items():
        note = vault.notes[path]
        edits = [(mention.span, text) for mention in wanted if (text := wikilink(vault, note, mention))]
        data = splice(vault.text(path), edits)
        after = parse.parse(scan.source_file(path, data))
        if len(after.references) == len(note.references) + len(edits) and len(after.headings) == len(note.headings):
            out[path] = data
    return out


def wikilink(vault: Vault, note: Note, mention: Mention) -> str | None:
    """The mention as a link that shows the same words; None where no link leads to its note."""
    text = linktext(vault.index, mention.target, note.folder)
    shown = " ".join(mention.text.split())
    if text is None or not linkable(shown):
        return None
    if text == shown:
        return f"[[{text}]]"
    pipe = "\\|" if in_table(vault, note, mention.span) else "|"
    return f"[[{text}{pipe}{shown}]]"


def key(word: str) -> str:
    """What the forms of a word have in common: the stem of a Russian one, the singular of an English one."""
    return _key(fold(word))


@lru_cache(maxsize=1 << 16)
def _key(word: str) -> str:
    if _CYRILLIC.search(word):
        return str(_russian().stemWord(word.replace("ё", "е")))
    if word.endswith(("ss", "us", "is")) or len(word) < 4:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


@cache
def _russian() -> Any:
    import snowballstemmer  # slow to import

    return snowballstemmer.stemmer("russian")


def _name(name: str, target: str, fixed: bool) -> _Name | None:
    """A name as it is looked for; None for one that running text cannot be told to mean."""
    words = list(_WORD.finditer(name))
    if not words or words[0].start() or words[-1].end() != len(name) or name.isdecimal():
        return None
    if len(name) < 2:
        return None
    if max(map(len, _WORD.findall(name))) <= _SHORT < len(name):
        return None
    return _Name(tuple(key(word[0]) for word in words), _gaps(words, name), name, fixed, target)


def _gaps(words: Sequence[re.Match[str]], text: str) -> tuple[str, ...]:
    """What stands between the words, each run of blanks as one."""
    return tuple(" ".join(text[a.end() : b.start()].split()) for a, b in pairwise(words))


def _stands(name: _Name, words: Sequence[re.Match[str]], at: int, text: str) -> bool:
    run = words[at : at + len(name.keys)]
    if _gaps(run, text) != name.gaps:
        return False
    start, end = run[0].start(), run[-1].end()
    written = text[start:end]
    if _BLANK.search(written) or not _is_form(name, written):
        return False
    if written[-len(run[-1][0])].isupper() and _CAPITAL.match(text, end):  # a longer name begins like this one
        return False
    before, after = text[max(start - 1, 0) : start], text[end : end + 2]
    return not (before and before in _JOINED) and not (after and after[0] in _JOINED) and not _SUFFIX.match(after)


def _is_form(name: _Name, written: str) -> bool:
    """Whether words of the same stems are a form of the name: in another case or number, one word may be another word."""
    if _CYRILLIC.search(fold(name.text)):
        return True
    if len(name.keys) == 1 and (len(name.text) <= _SHORT or not name.text[1:].islower()):
        return written.removesuffix("s") == name.text.removesuffix("s")
    return fold(" ".join(written.split())) == fold(name.text) or (len(name.keys) > 1 and not name.fixed)
