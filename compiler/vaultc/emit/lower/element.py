"""An HTML element around Markdown, as the generator's dialect writes it."""

import re
from typing import Final

_SLASHES = re.compile(r"^[ >]*(/{3,})", re.M)
# The lines around what is marked. No note can write them: slashes that begin a line of its text are escaped.
BEGIN: Final = "/// vaultc-begin"
END: Final = "/// vaultc-end"


def fenced(selector: str, content: str) -> str:
    """`content` in an HTML element, as a block that keeps its Markdown; nests in itself, but for lists within."""
    longest = max((len(m[1]) for m in _SLASHES.finditer(content)), default=2)
    fence = "/" * (longest + 1)
    return f"{fence} html | {selector}\n\n{content}\n\n{fence}"


def marked(name: str, content: str) -> str:
    """`content` in a `div` with this `data-vaultc`, of which `publish.marked` makes it: nests in itself, lists within lists between."""
    return f"{BEGIN} {name}\n\n{content}\n\n{END}"
