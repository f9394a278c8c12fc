"""Plain text as Markdown that Python-Markdown reads back as plain text, escaped only where something would be seen in it.

The text of a whole paragraph is escaped at once, with a NUL wherever Markdown of ours stands, so that each decision sees its
neighbours and its line.
"""

import re
from typing import Final
from urllib.parse import urlsplit

HOLE: Final = "\0"
LINK: Final = "\1"  # a hole for Markdown that begins with a bracket

_FEW: Final = 16
# One class of characters first: that is what the regular expression engine skips to.
_SPECIAL = re.compile(r"([*_~=`\[\]!\\${<&|])\1*")
_BEFORE: Final = {"]": "([:" + LINK, "[": "^", "!": LINK}
_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n" + HOLE + LINK)
_ENTITY = re.compile(r"&(?:\#(?:\d|[xX][0-9a-fA-F])|\#?\w+;)")
# What a line may not begin with; a backslash before its first character undoes it, or where none can, an entity.
_STARTS: Final = frozenset("#-+*>=_![|:?/\\0123456789")
_RULED = re.compile(r"[|:\- \\]*")  # a table's second line
_START = re.compile(
    r"""
    \#                                    # a heading, even without a space
  | [-+*](?=[ \t]|$)                      # a list
  | >                                     # a quote
  | [-=](?=[-=]*[ ]*$)                    # an underline of a heading
  | (?P<rule>[-_*])(?=(?:[ ]*(?P=rule)){2,}[ ]*$)
  | -(?=-*8<)                             # a snippet
  | =(?===[ \t])                          # a tab
  | !(?=!!(?:[ \t]|$))                     # an admonition
  | \[(?=[^\]]*\]:|!|TOC\]$)             # a definition, a callout, a table of contents
  | (?P<number>\d+)(?=\.(?:[ \t]|$))
  | (?P<odd>:(?=[ \t]) | \?(?=\?\?) | /(?=//))
    """,
    re.VERBOSE,
)
_ADDRESS = re.compile(r"(?<![\w@/])(?:https?://|www\.)(?=[^\s<>\0\1])[^\s<>\0\1]+", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?[^\s/?#:@.]+(?:\.[^\s/?#:@.]+)*(?:[:/?#]|$)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\\`$\[\]|]")
_IN_URL = re.compile(r"[\s<>\"'()\[\]\\`$|^{}\0\1]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_PIPE = re.compile(r"(?<!\\)\|")
_IN_LABEL = re.compile(r"[\\`$\[\]]")


def escape(text: str, *, lines: bool = True, cell: bool = False, links: bool = True) -> str:
    """`text` with backslashes or entities where Python-Markdown would read more than text.

    `lines` says that its lines begin lines of the page, `cell` that it stands in a table; without `links` it is the label
    of a link, in which brackets are escaped too.
    """
    dollars = text.count("$") > 1
    braces = "}" in text
    bracketed = not links or text.count("[") > _FEW  # each that is not escaped is looked at with all that follows it
    addressed = "@" in text and ">" in text

    def replace(match: re.Match[str]) -> str:
        run, sign = match[0], match[1]
        start, end = match.span()
        after = text[end : end + 1]
        if sign in "*_~=":
            plain = _harmless(text, start, end) or (sign in "~=" and end - start == 1)
            return run if plain else f"\\{sign}" * (end - start)
        if sign == "<":
            harmless = (not after or after in "<=0123456789" or after.isspace()) and not addressed
            return run if harmless else "&lt;" * (end - start)
        if sign == "&":
            return f"{run[1:]}&amp;" if _ENTITY.match(text, end - 1) else run
        if sign == "\\":
            return run * 2 if end - start > 1 or not after or after in _PUNCTUATION else run
        if sign in "[]" and bracketed:
            return f"\\{sign}" * (end - start)
        if sign in _BEFORE:
            return f"{run[1:]}\\{sign}" if after and after in _BEFORE[sign] else run
        every = sign == "`" or (sign == "$" and dollars) or (sign == "{" and braces) or (sign == "|" and cell)
        return f"\\{sign}" * (end - start) if every else run

    escaped = _SPECIAL.sub(replace, text)
    if not lines:
        return escaped
    if "\n" not in escaped:
        return _begun(escaped) if escaped[:1] in _STARTS else escaped
    defines = "]:" in escaped  # a definition may run over several lines
    return "\n".join([_begun(line, defines) if line[:1] in _STARTS else line for line in escaped.split("\n")])


def _begun(line: str, defines: bool = False) -> str:
    if "|" in line and _RULED.fullmatch(line):
        line = line.replace("|", "&#124;", 1)
    if defines and line[0] == "[":
        return "\\" + line
    match = _START.match(line)
    if not match:
        return line
    if match["odd"]:
        return f"&#{ord(line[0])};{line[1:]}"
    end = match.end("number") if match["number"] else 0
    return f"{line[:end]}\\{line[end:]}"


def _harmless(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    if before.isspace() and after.isspace():
        return before != "\n" or text[start] != "~"  # a fence
    return text[start] == "_" and before.isalnum() and after.isalnum()


def addresses(text: str) -> list[tuple[int, int, str]]:
    """The bare addresses in a text, as GFM delimits them: start, end and the Markdown of the link."""
    out: list[tuple[int, int, str]] = []
    if "://" in text or "www." in text:
        for match in _ADDRESS.finditer(text):
            address = _address(match[0])
            if address:
                link = (
                    f"<{address}>" if address[0] in "hH" else f"[{escape(address, lines=False)}](http://{url(address)})"
                )
                out.append((match.start(), match.start() + len(address), link))
    return out


def _address(address: str) -> str:
    """As much of it as GFM takes for an address; "" when it is none or could not be written as a link."""
    while address:
        last = address[-1]
        if last in "?!.,:*_~'\"" or (last == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        elif last == ";" and (entity := re.search(r"&\w+;$", address)):
            address = address[: entity.start()]
        else:
            break
    return address if _DOMAIN.match(address) and not _UNSAFE.search(address) and readable(address) else ""


def readable(address: str) -> bool:
    """Whether the address can be taken apart, which generators do: not every text in front of a slash is a host's name."""
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True


def url(address: str) -> str:
    """A destination that can stand between parentheses: what Python-Markdown would trip over is percent-encoded."""
    written = _IN_URL.sub(_encoded, address)
    return written if readable(written) else _NOT_ASCII.sub(_encoded, written)


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def in_cell(markdown: str) -> str:
    """Markdown for a table's cell: its pipes escaped, in HTML as entities."""
    return _PIPE.sub("&#124;" if markdown.startswith("<") else r"\\|", markdown)


def title(text: str) -> str:
    """The part of a link after its destination: empty, or a space and the quoted title."""
    if not text:
        return ""
    text = re.sub(r"&(?=#?\w+;)", "&amp;", " ".join(text.split()))
    return ' "' + _IN_LABEL.sub(r"\\\g<0>", text).replace('"', "&quot;").replace("'", "&#39;") + '"'


def alternative(text: str) -> str:
    """The text of an image between its brackets."""
    return _IN_LABEL.sub(r"\\\g<0>", " ".join(text.split()))
