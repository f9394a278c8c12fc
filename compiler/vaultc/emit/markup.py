"""Elements made of data: whatever is no `Markup` yet is escaped on its way in."""

from collections.abc import Iterable

from markupsafe import Markup, escape

Attribute = str | int | float | bool | None


def el(name: str, /, *children: str, **attributes: Attribute) -> Markup:
    """An element. Attribute names lose a `_` at their end, others become hyphens; `None` and `False` leave one out."""
    return Markup("<{}{}>{}</{}>").format(
        Markup(name), _attributes(attributes), join(map(_flat, children)), Markup(name)
    )


def void(name: str, /, **attributes: Attribute) -> Markup:
    """An SVG element without content."""
    return Markup("<{}{}/>").format(Markup(name), _attributes(attributes))


def join(parts: Iterable[str], between: str = "") -> Markup:
    """The parts one after the other, without the empty ones."""
    return Markup(between).join(part for part in parts if part)


def short(words: str, most: int = 24) -> str:
    """The label cut to what a margin holds."""
    return words if len(words) <= most else words[: most - 1] + "…"


def raw(kind: str, content: str, state: str = "", id: str = "") -> str:
    """HTML of ours as a block of the page that no Markdown processor looks into, at any depth of lists and quotes."""
    selector = (
        f'div[data-vaultc="{kind}"]' + (f'[data-state="{state}"]' if state else "") + (f'[id="{id}"]' if id else "")
    )
    lines = "\n".join(line for line in content.split("\n") if line.strip())
    return f"/// html | {selector}\n    markdown: html\n\n{lines}\n\n///"


def _attributes(attributes: dict[str, Attribute]) -> Markup:
    found = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = Markup(name.rstrip("_").replace("_", "-"))
        found.append(
            Markup(" {}").format(written) if value is True else Markup(' {}="{}"').format(written, _flat(_text(value)))
        )
    return Markup("").join(found)


def _flat(child: str) -> str:
    """Data on one line of the page's source, so that no line of it can be taken for Markdown of ours."""
    return child if isinstance(child, Markup) else Markup(str(escape(child)).replace("\r", "").replace("\n", "&#10;"))


def _text(value: Attribute) -> str:
    """Coordinates with a tenth of a unit: more would only make pages larger."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
