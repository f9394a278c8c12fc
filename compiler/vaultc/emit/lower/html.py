"""Blocks of raw HTML. CommonMark ends one at a blank line and reads Markdown after it, still inside the element; in
Python-Markdown the element itself has to say so (`markdown="1"`, the extension md_in_html)."""

import re
from collections import Counter
from typing import Final

from vaultc.parse.ranges import Ranges
from vaultc.text import Span

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARED = re.compile(r"<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<![A-Za-z].*?(?:>|\Z)", re.DOTALL)
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)(?=[\s/>])(?P<rest>(?:"[^"]*"|'[^']*'|[^'"<>])*)>""", re.DOTALL
)
_RAW = re.compile(r"<(script|style|pre|textarea)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TEXT: Final = frozenset(("script", "style", "pre", "textarea"))  # what they hold is no Markdown
DEPTH: Final = 24  # of elements left open: the generator reads each by a recursion of its own
_KNOWN: Final = 10 * DEPTH  # of which it is known that they are open
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SPAN: Final = frozenset("address dd dt h1 h2 h3 h4 h5 h6 legend li p summary td th".split())
_BLOCK: Final = _SPAN | frozenset(
    "article aside blockquote body center colgroup details div dl fieldset figcaption figure footer form group header hgroup "
    "html iframe main map menu nav noscript object ol output progress section table tbody tfoot thead tr ul video".split()
)
_H1: Final = re.compile(r"<(/?)h1(?![\w-])", re.IGNORECASE)
_OURS = re.compile(r"data-(?=vaultc|md-)", re.IGNORECASE)
_INSIDE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MARKUP = re.compile(r"<[^>]*>|^[ ]*[-+#>:|]|(?<=\d)\.(?=\s)|[*_`\[\\~=$]", re.MULTILINE)


def visible(source: str) -> str:
    """`source` without what no browser shows around its elements: instructions, declarations, and comments, which are for authors alone;
    empty when nothing else is there."""
    if not source.lstrip().startswith(("<!", "<?")):
        return source.strip("\n")
    source = _DECLARED.sub("<!-- -->", source) if not source.lstrip().startswith("<!--") else source
    return source.strip("\n") if _COMMENT.sub("", source).strip() else ""


def theirs(source: str) -> str:
    """`source` so that nothing in it is taken for vaultc's or the theme's own: not an element, and not a sign that Python-Markdown
    uses inside."""
    return _OURS.sub("data-note-", _INSIDE.sub("", source))


def demoted(source: str) -> str:
    """`source` with headings of level 2 in place of those of level 1: a page has one title, and that is vaultc's to say."""
    return _H1.sub(r"<\1h2", source)


def opened(source: str, closing: list[str]) -> str:
    """`source` with every block element that it leaves open marked as holding Markdown.

    `closing` is the list of elements still open before, and is brought up to date. Of those that are open at the same time only
    the first `DEPTH` are written.
    """
    edits: list[tuple[int, int, str]] = []
    here: list[tuple[str, Span]] = []
    names: Counter[str] = Counter()  # of `here`, for most closing tags of a strange text close nothing
    tail = 0  # the end of the last tag
    raw = Ranges(Span(*match.span()) for match in _RAW.finditer(source))
    for match in _TAG.finditer(source):
        name = (match["name"] or "").lower()
        tail = match.end()
        inside = raw.end(match.start() - 1) if match.start() else None
        if not name or name in _VOID or match["rest"].endswith("/") or (inside is not None and inside > match.start()):
            continue
        if not match["close"]:
            here.append((name, Span(*match.span())))
            names[name] += 1
        elif names[name]:
            closed = ""
            while closed != name:
                closed, _ = here.pop()
                names[closed] -= 1
        elif name in closing:
            at = len(closing) - 1 - closing[::-1].index(name)
            if at >= DEPTH:
                edits.append((*match.span(), ""))
            del closing[at:]
    left = bool(here)
    for name, (start, end) in here:
        if name not in _BLOCK and name not in _TEXT:
            continue
        if len(closing) >= DEPTH:
            edits.append((start, end, ""))
        elif name in _BLOCK:
            value = "block" if name in _SPAN else "1"
            edits.append((end - 1, end - 1, f' markdown="{value}"'))
        if len(closing) < _KNOWN:
            closing.append(name)
    rest = source[tail:]
    if tail and not left and not closing and rest.strip():
        rest = nested(rest)
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(edits):
        pieces += (source[done:start], new)
        done = end
    return "".join((*pieces, source[done:tail], rest))


def nested(source: str) -> str:
    """`source` for a place where Python-Markdown reads markup even in raw HTML: in a list, in a quote, after an element."""
    return _MARKUP.sub(lambda m: m[0] if m[0][0] == "<" else f"{m[0][:-1]}&#{ord(m[0][-1])};", source)
