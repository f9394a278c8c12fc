"""Blocks of raw HTML. CommonMark ends one at a blank line and reads Markdown after it, still inside the element; in
Python-Markdown the element itself has to say so (`markdown="1"`, the extension md_in_html)."""

import re
from typing import Final

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)(?=[\s/>])(?P<rest>(?:"[^"]*"|'[^']*'|[^'"<>])*)>""", re.DOTALL
)
_RAW = re.compile(r"<(script|style|pre|textarea)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SPAN: Final = frozenset("address dd dt h1 h2 h3 h4 h5 h6 legend li p summary td th".split())
_BLOCK: Final = _SPAN | frozenset(
    "article aside blockquote body center colgroup details div dl fieldset figcaption figure footer form group header hgroup "
    "html iframe main map menu nav noscript object ol output progress section table tbody tfoot thead tr ul video".split()
)
_OURS = re.compile(r"data-(?=vaultc|md-)", re.IGNORECASE)
_INSIDE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MARKUP = re.compile(r"<[^>]*>|^[ ]*[-+#>:|]|(?<=\d)\.(?=\s)|[*_`\[\\~=$]", re.MULTILINE)


def visible(source: str) -> str:
    """`source` without the comments around its elements, which are for authors alone; empty when nothing else is there."""
    if not source.lstrip().startswith("<!--"):
        return source.strip("\n")
    return source.strip("\n") if _COMMENT.sub("", source).strip() else ""


def theirs(source: str) -> str:
    """`source` so that nothing in it is taken for vaultc's or the theme's own: not an element, and not a sign that Python-Markdown
    uses inside."""
    return _OURS.sub("data-note-", _INSIDE.sub("", source))


def opened(source: str, closing: list[str]) -> str:
    """`source` with every block element that it leaves open marked as holding Markdown.

    `closing` is the list of elements still open before, and is brought up to date.
    """
    raw = [match.span() for match in _RAW.finditer(source)]
    here: list[tuple[str, int]] = []
    tail = 0  # the end of the last tag
    for match in _TAG.finditer(source):
        name = (match["name"] or "").lower()
        tail = match.end()
        if not name or name in _VOID or match["rest"].endswith("/") or any(a < match.start() < b for a, b in raw):
            continue
        if not match["close"]:
            here.append((name, match.end() - 1))
            continue
        for i in range(len(here) - 1, -1, -1):
            if here[i][0] == name:
                del here[i:]
                break
        else:
            for i in range(len(closing) - 1, -1, -1):
                if closing[i] == name:
                    del closing[i:]
                    break
    for name, at in reversed(here):
        if name in _BLOCK:
            value = "block" if name in _SPAN else "1"
            source = f'{source[:at]} markdown="{value}"{source[at:]}'
    if tail and not here and not closing and source[tail:].strip():
        source = source[:tail] + nested(source[tail:])
    closing += [name for name, _ in here if name in _BLOCK or name in ("script", "style", "pre", "textarea")]
    return source


def nested(source: str) -> str:
    """`source` for a place where Python-Markdown reads markup even in raw HTML: in a list, in a quote, after an element."""
    return _MARKUP.sub(lambda m: m[0] if m[0][0] == "<" else f"{m[0][:-1]}&#{ord(m[0][-1])};", source)
