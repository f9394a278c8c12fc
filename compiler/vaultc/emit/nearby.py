"""What stands at the end of a note about the notes around it: a map of its links, and notes related to it."""

from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from vaultc.emit import pages
from vaultc.emit.markup import el, join, raw, short, void
from vaultc.emit.pages import Layout
from vaultc.emit.wording import worded
from vaultc.graph import Vault
from vaultc.graph.near import Near, Related

_WIDTH, _ROW, _LEFT, _RIGHT = 420.0, 28.0, 168.0, 252.0
_LONGEST = 20  # characters of a title beside its dot
_WHY = {"to": "both link to {}", "from": "both linked from {}", "way": "by way of {}"}


def nearby(vault: Vault, layout: Layout, path: str, near: Near | None) -> str:
    """The block, which needs no script; empty for a note that no link joins to another."""
    if near is None:
        return ""
    here = layout.notes[path]
    address = f"{pages.address(layout.graph, here)}#note={quote(path, safe='')}"
    opens = el("a", worded(vault.project.config.language, "Topic map"), href=address)
    more = worded(vault.project.config.language, "and {} more", near.more) + " · " if near.more else ""
    drawn = el("figure", _drawn(vault, layout, path, near), el("figcaption", more, opens))
    found = [_entry(vault, layout, here, related) for related in near.related]
    title = worded(vault.project.config.language, "Related notes")
    related = el("section", el("h2", title), el("ul", join(found, "\n"))) if found else Markup("")
    return raw("nearby", el("div", drawn, related, class_="vc-nearby", data_search_exclude=True))


def _entry(vault: Vault, layout: Layout, here: str, related: Related) -> Markup:
    title = vault.notes[related.path].title
    link = el("a", title, href=pages.address(layout.notes[related.path], here))
    shared = vault.notes[related.shared].title
    return el("li", link, " ", el("span", worded(vault.project.config.language, _WHY[related.why], shared)))


def _drawn(vault: Vault, layout: Layout, path: str, near: Near) -> Markup:
    """The note between those that link to it, on the left, and those that it links to."""
    height = _ROW * max(len(near.sources), len(near.targets), 1)
    x, y = _WIDTH / 2, height / 2
    lines: list[Markup] = []
    dots: list[Markup] = []
    for found, column, anchor, away in ((near.sources, _LEFT, "end", -10.0), (near.targets, _RIGHT, "start", 10.0)):
        for other, row in zip(found, _rows(found, height), strict=True):
            middle = (x + column) / 2
            lines.append(void("path", d=f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {row:g} {column:g} {row:g}"))
            title = vault.notes[other].title
            label = el("text", short(title, _LONGEST), x=column + away, y=row + 4.5, text_anchor=anchor)
            dot = void("circle", cx=column, cy=row, r=4.0)
            href = pages.address(layout.notes[other], layout.notes[path])
            dots.append(el("a", el("title", title), dot, label, href=href))
    here = void("circle", cx=x, cy=y, r=7.0, class_="vc-here")
    box = f"0 0 {_WIDTH:g} {height:g}"
    return el("svg", *lines, *dots, here, viewBox=box, role="group", aria_label=vault.notes[path].title)


def _rows(found: Sequence[str], height: float) -> list[float]:
    """The middles of rows one below the other, in the middle of a height."""
    top = (height - _ROW * len(found)) / 2
    return [top + _ROW * (at + 0.5) for at in range(len(found))]
