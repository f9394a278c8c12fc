"""An HTML element around Markdown, as the generator's dialect writes it."""

import re

_SLASHES = re.compile(r"^[ >]*(/{3,})", re.M)


def fenced(selector: str, content: str) -> str:
    """`content` in an HTML element, as a block that keeps its Markdown; nests in itself."""
    longest = max((len(m[1]) for m in _SLASHES.finditer(content)), default=2)
    fence = "/" * (longest + 1)
    return f"{fence} html | {selector}\n\n{content}\n\n{fence}"
