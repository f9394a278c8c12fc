"""What is settled once the whole book is there: HTML is read, formulas are looked at, links lead to what is there."""

import json
import re
from itertools import accumulate
from typing import Final

import nh3

from vaultc.publish.book import ast, typeset
from vaultc.publish.book.ast import Node
from vaultc.publish.book.reader import DEEPEST

_TAGS: Final = frozenset(
    "a abbr b blockquote br caption cite code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p "
    "pre q s samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_ATTRIBUTES: Final = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
# What makes TeX more than a formula, and what hides its end.
_PROGRAM: Final = re.compile(
    r"\\(?:input|include\w*|open(?:in|out)|read\w*|write\w*|immediate|catcode|csname|[egx]?def|let|futurelet|(?:re)?newcommand|"
    r"newenvironment|directlua|latelua|special|usepackage|expandafter|everymath|loop|output|shipout|url|href|verb)(?![A-Za-z])"
    r"|\^\^|(?<!\\)(?:\\\\)*%"
)
# What Typst takes for a mark where a line begins, each a word of its own: https://typst.app/docs/reference/syntax/#markup
_MARK: Final = re.compile(r"(\d*)(=+|[-+/.])")
_FIELD: Final = re.compile(r"\.[^\W\d]")


def without_html(blocks: list[Node]) -> None:
    """Put in the place of HTML what it shows."""
    found = [each for each in ast.every(blocks) if each["t"] == "RawBlock" and each["c"][0] == "html"]
    if not found:
        return
    clean = [nh3.clean(each["c"][1], tags=set(_TAGS), attributes=_ATTRIBUTES, link_rel=None) for each in found]
    made, _ = typeset.pandoc(json.dumps(clean), str(typeset.data("html.lua")), "json")
    for each, shown in zip(found, json.loads(made)["blocks"], strict=True):
        for inner in ast.every(shown):
            if inner["t"] == "Header":  # it belongs to no order of the book's
                inner.update(ast.node("Para", [ast.node("Strong", inner["c"][2])]))
            elif inner["t"] in ("Image", "RawInline", "RawBlock"):
                inner.update(ast.node("Null" if inner["t"] == "RawBlock" else "Str", ""))
        each.clear()
        each.update(shown)


def checked_formulas(blocks: list[Node], form: str) -> list[str]:
    """Turn the formulas that cannot be read, or that are programs, into code; which those are."""
    formulas = [each for each in ast.every(blocks) if each["t"] == "Math"]
    if not formulas:
        return []
    bad = typeset.unreadable([each["c"][1] for each in formulas])
    out: dict[str, None] = {}
    for each in formulas:
        source = each["c"][1]
        if source in bad or _depth(source) > DEEPEST or (form == "latex" and _PROGRAM.search(source)):
            out[source] = None
            each.update(ast.node("Code", [ast.attributes(), f"${source}$"]))
    return list(out)


def _depth(formula: str) -> int:
    """How many braces are open at most."""
    return max(accumulate((sign == "{") - (sign == "}") for sign in formula), default=0)


def plain_words(document: Node) -> None:
    """Keep Typst from taking a word for the mark of a heading or an item, or for a field of what stands before it: pandoc does so in
    some places only."""
    for each in list(ast.every(document)):
        if each["t"] == "Str" and (match := _MARK.fullmatch(each["c"])):
            each.update(ast.raw(False, typst=f"{match[1]}\\{match[2]}")[0])
        elif each["t"] == "Str" and _FIELD.match(each["c"]):
            each.update(ast.span([*ast.raw(False, typst="\\."), ast.node("Str", each["c"][1:])]))


def sound_links(blocks: list[Node]) -> None:
    """Lead each link inside the book to what is there: the chapter where the part of it is not, else nowhere."""
    named = [each["c"][0] for each in ast.every(blocks) if each["t"] in ("Span", "Div")]
    named += [each["c"][1] for each in ast.every(blocks) if each["t"] == "Header"]
    seen: set[str] = set()
    for attributes in named:
        if attributes[0] in seen:
            attributes[0] = ""
        seen.add(attributes[0])
    for each in ast.every(blocks):
        if each["t"] == "Link" and each["c"][2][0].startswith("#"):
            name = each["c"][2][0][1:]
            chapter = name.partition("-")[0]
            if name not in seen:
                each["c"][2][0] = f"#{chapter}"
                if chapter not in seen:
                    each.update(ast.span(each["c"][1]))
