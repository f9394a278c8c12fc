"""Plain text as Markdown that Python-Markdown reads back as plain text, escaped only where something would be seen in it.

The text of a whole paragraph is escaped at once, with a NUL wherever Markdown of ours stands, so that each decision sees its
neighbours and its line.
"""

import re
from typing import Final

HOLE: Final = "\0"

_LINE_STARTS = r"""
    (?P<line>^(?:
        \#                                    # a heading, even without a space
      | [-+*](?=[ \t]|$)                      # a list
      | >                                     # a quote
      | [-=](?=[-=]*[ ]*$)                    # an underline of a heading
      | (?P<rule>[-_*])(?=(?:[ ]*(?P=rule)){2,}[ ]*$)
      | -(?=-*8<)                             # a snippet
      | =(?===[ \t])                          # a tab
      | !(?=!![ \t])                          # an admonition
      | \[(?=[^\]\n]*\]:|!|TOC\]$)            # a definition, a callout, a table of contents
      | \|(?=[|:\- ]*$)                       # a table's second line
    ))
  | (?P<number>^\d+(?=\.(?:[ \t]|$)))
  | (?P<odd>^(?: :(?=[ \t]) | \?(?=\?\?) | /(?=//) ))
"""
_ANYWHERE = r"""
    (?P<url>(?<![\w@/])(?:https?://|www\.)(?=[^\s<>\0\1]))
  | (?P<run>\*+ | _+ | ~~+ | ==+)
  | (?P<single>` | \](?=[(\[:\1]) | \[(?=\^) | !(?=\1))
  | (?P<pair>[$])
  | (?P<brace>\{)
  | (?P<backslash>\\(?=[!-/:-@\[-`{-~\n\0\1]|\Z))
  | (?P<less><(?=[^\s<=\d]))
  | (?P<entity>&(?=\#?\w+;))
"""
_LINES = re.compile(_LINE_STARTS + "|" + _ANYWHERE, re.MULTILINE | re.VERBOSE)
_TEXT = re.compile(_ANYWHERE, re.VERBOSE)
_CELL = re.compile(_ANYWHERE + r"| (?P<pipe>\|)", re.VERBOSE)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\0\1]+", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?[^\s/?#:@.]+(?:\.[^\s/?#:@.]+)*(?:[:/?#]|$)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\\`$\[\]|]")


def escape(text: str, *, lines: bool = True, cell: bool = False, links: bool = True) -> str:
    """`text` with backslashes or entities where Python-Markdown would read more than text; bare addresses become links.

    `lines` says that its lines begin lines of the page, `cell` that it stands in a table.
    """
    dollars = text.count("$") > 1
    braces = "}" in text
    skip = 0  # the end of an address that is already written

    def replace(match: re.Match[str]) -> str:
        nonlocal skip
        found, kind = match[0], match.lastgroup
        start, end = match.span()
        if start < skip:
            return ""
        if kind == "run":
            return found if _harmless(text, start, end) else "".join(f"\\{c}" for c in found)
        if kind == "url":
            address = _address(text, start) if links else ""
            if not address:
                return found
            skip = start + len(address)
            return f"[{escape(address, lines=False, cell=cell, links=False)}](http://{address})" if found == "www." else f"<{address}>"
        if kind == "number":
            return found + "\\"
        if kind == "odd":
            return f"&#{ord(found)};"
        if kind == "less":
            return "&lt;"
        if kind == "entity":
            return "&amp;"
        if (kind == "pair" and not dollars) or (kind == "brace" and not braces):
            return found
        return "\\" + found

    pattern = _CELL if cell else _LINES if lines else _TEXT
    if "://" not in text and "www." not in text:
        return pattern.sub(replace, text)
    # An address swallows what the pattern would find inside it.
    out: list[str] = []
    at = 0
    while match := pattern.search(text, at):
        out += (text[at : match.start()], replace(match))
        at = max(match.end(), skip)
    out.append(text[at:])
    return "".join(out)


def _harmless(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isspace() and after.isspace():
        return text[start] not in "~=" or end - start < 3 or (start > 0 and before != "\n")
    return text[start] == "_" and before.isalnum() and after.isalnum()


def _address(text: str, start: int) -> str:
    """The bare address at `start` as GFM delimits it, or "" when it is none or could not be written as a link."""
    match = _ADDRESS.match(text, start)
    if not match:
        return ""
    address = match[0]
    while address:
        last = address[-1]
        if last in "?!.,:*_~'\"" or (last == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        elif last == ";" and (entity := re.search(r"&\w+;$", address)):
            address = address[: entity.start()]
        else:
            break
    if not _DOMAIN.match(address) or _UNSAFE.search(address):
        return ""
    return address


def url(address: str) -> str:
    """A destination that can stand between parentheses: what Python-Markdown would trip over is percent-encoded."""
    return _IN_URL.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), address)


_IN_URL = re.compile(r"[\s<>\"'()\[\]\\`$|^{}\0\1]")


def title(text: str) -> str:
    """The part of a link after its destination: empty, or a space and the quoted title."""
    if not text:
        return ""
    text = re.sub(r"&(?=#?\w+;)", "&amp;", " ".join(text.split()))
    return ' "' + re.sub(r"[\\`$\[\]]", r"\\\g<0>", text).replace('"', "&quot;") + '"'


def alternative(text: str) -> str:
    """The text of an image between its brackets."""
    return re.sub(r"[\\`$\[\]]", r"\\\g<0>", " ".join(text.split()))
