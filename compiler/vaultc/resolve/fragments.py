"""What stands after the `#`: a path of headings, or a block id."""

import re
import unicodedata
from collections.abc import Callable

from vaultc.model import Block, Heading, Note
from vaultc.parse.anchors import slug
from vaultc.text import fold

_MARKUP = re.compile(r"[*_`~=]+|\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|!?\[([^\[\]]*)\]\([^()]*\)|\\(?=[^\w\s])")
_PUNCTUATION = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"^(.*?)[-_]([0-9]+)$")


def _exact(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _plain(text: str) -> str:
    return _exact(_MARKUP.sub(lambda m: m[1] or m[2] or "", text))


def _folded(text: str) -> str:
    return fold(_plain(text))


def words(text: str) -> str:
    """Case and punctuation dropped, as Obsidian drops them from a link to a heading."""
    return _PUNCTUATION.sub(" ", _folded(text)).strip()


LEVELS: tuple[Callable[[str], str], ...] = (_exact, _plain, _folded, words)


def heading(note: Note, fragment: str) -> Heading | None:
    """The heading that `h1#h2` names: the first whose text matches at the strictest level at which one does, below the headings before it."""
    parts = [part.strip() for part in fragment.split("#") if part.strip()]
    for level in LEVELS:
        wanted = [level(part) for part in parts]
        if not all(wanted):
            continue
        if found := _descend(note.headings, wanted, level):
            return found
    whole = words(fragment)  # a heading whose own text holds a `#`
    return next((h for h in note.headings if whole and words(h.text) == whole), None)


def _descend(headings: tuple[Heading, ...], wanted: list[str], level: Callable[[str], str]) -> Heading | None:
    names = [{level(h.text), level(h.source)} for h in headings]
    for at, found in enumerate(headings):
        if wanted[0] not in names[at]:
            continue
        rest = wanted[1:]
        for below in range(at + 1, len(headings)):
            if not rest or headings[below].level <= headings[at].level:
                break
            if rest[0] in names[below]:
                found, rest = headings[below], rest[1:]
        if not rest:
            return found
    return None


def anchor(note: Note, fragment: str) -> Heading | None:
    """The heading that a Markdown link's fragment means: an anchor of the page, or one as another generator would write it."""
    exact = next((h for h in note.headings if h.anchor == fragment.lower()), None)
    if exact:
        return exact
    squeezed = words(fragment).replace(" ", "")
    same = [h for h in note.headings if squeezed and words(h.text).replace(" ", "") == squeezed]
    if same:
        return same[0]
    if count := _NUMBERED.match(fragment.lower()):
        base = words(count[1]).replace(" ", "")
        same = [h for h in note.headings if words(h.text).replace(" ", "") == base]
        at = int(count[2])
        return same[at] if at < len(same) else None
    return next((h for h in note.headings if slug(h.text) and slug(h.text) == slug(fragment)), None)


def block(note: Note, id: str) -> Block | None:
    """The block with this id; ids compare without case."""
    wanted = fold(id)
    return next((b for b in note.blocks if fold(b.id) == wanted), None)
