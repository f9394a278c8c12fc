"""Unlinked mentions: where running text names a note and does not link to it.

Precision comes before completeness: what an author would have to look at twice is not offered. A name stands as whole words, in
any case and number.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import itemgetter
from typing import NamedTuple, cast

from vaultc import parse, scan
from vaultc.graph import Vault, target
from vaultc.index import FOLDER_NOTES
from vaultc.model import Note
from vaultc.parse.ranges import Ranges
from vaultc.refactor.inflection import forms, plain
from vaultc.refactor.spelling import in_table, linkable, linktext
from vaultc.text import Span, fold, splice

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LITERAL = {"Code", "+CodeBlock", "InlineMath", "DisplayMath", "Html", "InlineHtml", "+HtmlBlock"}
_TAKEN = _LITERAL | {"+Link", "+Image", "+Heading", "WikiLink"}
# A word beside one of these is a part of something else: of a compound, a path, a tag, an address, an identifier.
_JOINED = "-‐‑/\\@#_=&$^~"
# A step on a way through menus: `File > Keyboard Shortcuts`.
_STEP = re.compile(r"\S (?:>|›|→) \Z")
_SUFFIX = re.compile(r"[.:]\w")
_BLANK = re.compile(r"\n\s*\n")
_CAPITAL = re.compile(r" [A-ZА-ЯЁ]")
# Addresses, and definitions of links with their titles.
_APART = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:[^\n]*|\S*(?:://|www\.)\S+|\S+@\S+\.\w+", re.M)
_CYRILLIC = re.compile(r"[а-яё]")
# What stands between quotation marks with other words is the name of something else: of a button, a command, a book.
_QUOTED = re.compile(r"«[^«»\n]{1,60}»|“[^“”\n]{1,60}”|\"[^\"\n]{1,60}\"")
_QUOTES = '«»“”"'
# The share of notes that link a plain word, of those that use it, from which on it is a name. Of what three vaults of documentation
# link in half of their notes, three mentions in eight were none.
_OFTEN_LINKED = 2 / 3
# So many notes that link by a name make a habit.
_HABIT = 2
# What stands in so many notes, and in none as a link, is no name.
_OFTEN_SEEN = 5
# A name in one word of at most so many letters is often another word, too: its case must be the same.
_SHORT = 3
_Key = tuple[tuple[str, ...], str]


class Mention(NamedTuple):
    """A name at `span` in the note at `path`, as it is written there, and the note that has it."""

    path: str
    span: Span
    text: str
    target: str


class Name(NamedTuple):
    """What a note is called: an English name that is `fixed` stands in no other number, one with a `capital` never without."""

    text: str
    target: str
    fixed: bool = False
    capital: bool = False


class _Sought(NamedTuple):
    """A name by the dictionary's forms of its words, and what stands between these."""

    keys: tuple[str, ...]
    gaps: tuple[str, ...]
    name: Name


class _Branch:
    """The names that begin with the same words, and those that go on."""

    def __init__(self) -> None:
        self.ends: list[_Sought] = []
        self.then: defaultdict[str, _Branch] = defaultdict(_Branch)


class Names:
    """Names to look for, in every form of their words."""

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        self._begin = _Branch()
        for name in names:
            self.add(name)

    def add(self, name: Name) -> None:
        """Look for one more name, if it is one that can be looked for."""
        if (words := _words(name.text)) is None:
            return
        branch = self._begin
        for word in words:
            known = forms(word[0])
            for form in known:
                self._keys[form].add(known[0])
            branch = branch.then[known[0]]
        branch.ends.append(_Sought(keys(name.text), _gaps(words, name.text), name))

    def within(self, text: str) -> Iterator[tuple[int, int, Name]]:
        """Where names stand as whole words in a text: start and end in code points, and the name; none overlaps another."""
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            found = next((one for one in self._beginning(words, at) if _stands(one, words, at, text)), None)
            if found:
                last = at + len(found.keys) - 1
                yield words[at].start(), words[last].end(), found.name
                at = last
            at += 1

    def _beginning(self, words: Sequence[re.Match[str]], at: int) -> Iterator[_Sought]:
        """The names that have the words from one on, the longest first."""
        ends: list[list[_Sought]] = []
        branches = [self._begin]
        while branches and at < len(words):
            near = self._keys.get(plain(words[at][0]), ())
            branches = [branch.then[key] for branch in branches for key in near if key in branch.then]
            ends += [branch.ends for branch in branches]
            at += 1
        return chain.from_iterable(reversed(ends))


def keys(text: str) -> tuple[str, ...]:
    """What the forms of a name have in common: the dictionary's form of each word."""
    return tuple(forms(word)[0] for word in _WORD.findall(text))


def names(vault: Vault) -> Names:
    """The titles, file names and aliases that mean one published note each, and no folder's note."""
    steps = gathered(vault)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return cast(Names, done.value)


def gathered(vault: Vault) -> Generator[None, None, Names]:
    """The same in steps of a note or a name each, for a host that has more to do: of a large vault all take seconds."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    for path, note in vault.notes.items():
        if note.published and fold(note.stem) not in FOLDER_NOTES:
            for name in (note.title, note.stem, *note.aliases):
                owners[fold(name)].add(path)
                written.setdefault(fold(name), name)
        yield
    known = [Name(written[name], next(iter(paths))) for name, paths in owners.items() if len(paths) == 1]
    all_, kept = Names(), Names()
    for it in known:
        all_.add(it)
        yield
    uses, small = yield from _uses(vault, all_)
    for it in known:
        key = _key(it)
        if _is_name(it.text, uses[key]):
            capital = _is_plain(it.text) and not _is_linked(small[key])
            kept.add(it._replace(fixed=uses[key].linked < _HABIT, capital=capital))
        yield
    return kept


@dataclass
class _Use:
    """How many notes use a name, and how many of them as the whole text of a link to its note."""

    seen: int = 0
    linked: int = 0


def _is_name(name: str, use: _Use) -> bool:
    """Whether a vault means a note by its name, when so many notes use it, and so many of them as a link.

    The measure is the keyphraseness of Mihalcea and Csomai (2007), counted in notes, since a name is linked once in each. A
    plain word needs evidence that it is a name; of what is distinctive it takes evidence to the contrary.
    """
    if _is_plain(name):
        return use.linked >= _HABIT and _is_linked(use)
    return use.linked > 0 or use.seen < _OFTEN_SEEN


def _is_linked(use: _Use) -> bool:
    return use.linked > 0 and use.linked >= _OFTEN_LINKED * use.seen


def _is_plain(name: str) -> bool:
    """Whether a name may be any word of the language."""
    return name.isalpha() and name[1:].islower()


def _uses(vault: Vault, known: Names) -> Generator[None, None, tuple[Mapping[_Key, _Use], Mapping[_Key, _Use]]]:
    """How the notes but its own use each name, in running text and in links; and the same of a name that begins without a capital."""
    uses: defaultdict[_Key, _Use] = defaultdict(_Use)
    small: defaultdict[_Key, _Use] = defaultdict(_Use)
    for path, note in vault.notes.items():
        linked: set[tuple[_Key, bool]] = set()
        for reference, link in zip(note.references, vault.links[path], strict=True):
            text = reference.label or reference.target.partition("#")[0].rpartition("/")[2]
            for start, _, name in known.within(text):
                if name.target == target(link) and len(keys(text)) == len(keys(name.text)):
                    linked.add((_key(name), text[start].islower()))
        data = vault.text(path)
        found = ((_key(name), data[slice(*span)].decode()[0].islower()) for span, name in _running(vault, note, known))
        seen = {use for use in found if use[0][1] != path} | linked
        for key in dict(seen):
            uses[key].seen += 1
            uses[key].linked += not linked.isdisjoint(((key, True), (key, False)))
        for key, _ in filter(itemgetter(1), seen):
            small[key].seen += 1
            small[key].linked += (key, True) in linked
        yield
    return uses, small


def _key(name: Name) -> _Key:
    return keys(name.text), name.target


def find(vault: Vault, known: Names, covers: Callable[[Note], bool] = lambda note: True) -> Iterator[Mention]:
    """The first mention of each note in each note that is covered and does not link to it yet."""
    for note in vault.notes.values():
        if covers(note):
            yield from within(vault, note, known)


def within(vault: Vault, note: Note, known: Names) -> Iterator[Mention]:
    """The first mention of each other note that this one does not link to yet."""
    linked = {target(link) for link in vault.links[note.path]} | {note.path}
    for mention in running(vault, note, known):
        if mention.target not in linked:
            linked.add(mention.target)
            yield mention


def running(vault: Vault, note: Note, known: Names) -> Iterator[Mention]:
    """Every place where a name stands in running text: not in code, mathematics, HTML, links, tags, headings or comments."""
    data = vault.text(note.path)
    for span, name in _running(vault, note, known):
        yield Mention(note.path, span, data[span.start : span.end].decode("utf-8", "replace"), name.target)


def _running(vault: Vault, note: Note, known: Names) -> Iterator[tuple[Span, Name]]:
    data = vault.text(note.path)
    body = data[note.body :].decode("utf-8", "replace")
    found = list(known.within(body))
    if not found:
        return
    document = parse.read(data, note.body)
    taken = [Span(event.start, event.end) for event in document.events if event.name in _TAKEN]
    taken += [*document.comments, *(reference.span for reference in note.references), *(tag.span for tag in note.tags)]
    ranges, apart = Ranges(taken), Ranges(Span(*match.span()) for match in _APART.finditer(body))
    quoted = Ranges(Span(*match.span()) for match in _QUOTED.finditer(body))
    at, place = 0, note.body
    for start, end, name in found:
        if start in apart or (start in quoted and not (body[start - 1] in _QUOTES and body[end] in _QUOTES)):
            continue
        place += len(body[at:start].encode())
        at = start
        span = Span(place, place + len(body[start:end].encode()))
        if span.start not in ranges:
            yield span, name


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


def _words(name: str) -> list[re.Match[str]] | None:
    """The words of a name; None where running text cannot be told to mean it."""
    words = list(_WORD.finditer(name))
    if not words or words[0].start() or words[-1].end() != len(name) or name.isdecimal():
        return None
    if len(name) < 2 or max(map(len, _WORD.findall(name))) <= _SHORT < len(name):
        return None
    return words


def _gaps(words: Sequence[re.Match[str]], text: str) -> tuple[str, ...]:
    """What stands between the words, each run of blanks as one."""
    return tuple(" ".join(text[a.end() : b.start()].split()) for a, b in pairwise(words))


def _stands(sought: _Sought, words: Sequence[re.Match[str]], at: int, text: str) -> bool:
    run = words[at : at + len(sought.keys)]
    if _gaps(run, text) != sought.gaps:
        return False
    start, end = run[0].start(), run[-1].end()
    written = text[start:end]
    if _BLANK.search(written) or not _is_form(sought.name, written):
        return False
    if written[-len(run[-1][0])].isupper() and _CAPITAL.match(text, end):  # a longer name begins like this one
        return False
    if _STEP.search(text[max(start - 4, 0) : start]):
        return False
    before, after = text[max(start - 1, 0) : start], text[end : end + 2]
    return not (before and before in _JOINED) and not (after and after[0] in _JOINED) and not _SUFFIX.match(after)


def _is_form(name: Name, written: str) -> bool:
    """Whether forms of its words are a form of the name: in another case or number, one word may be another word."""
    if name.capital and not written[0].isupper():
        return False
    if _CYRILLIC.search(fold(name.text)):
        return True
    one = len(_WORD.findall(name.text)) == 1
    if one and (len(name.text) <= _SHORT or not name.text[1:].islower()):
        return written.removesuffix("s") == name.text.removesuffix("s")
    return fold(" ".join(written.split())) == fold(name.text) or not (one or name.fixed)
