"""Obsidian's canvases (JSON Canvas 1.0, https://jsoncanvas.org/spec/1.0/): the files that their cards show, and the Markdown on them."""

import json
import re
from collections.abc import Callable

# A quote inside a string is escaped, so this finds keys and never what a card says of them.
_FIELD = re.compile(r'("(file|background|text)"\s*:\s*)("(?:[^"\\]|\\.)*")')


def rewrite(data: bytes, file: Callable[[str], str], markdown: Callable[[str], str]) -> bytes:
    """A canvas with `file` applied to each path (from the vault's root) and `markdown` to the text of each card.

    Every byte outside the values that change stays. What is no canvas comes back as it is.
    """
    try:
        if not isinstance(json.loads(data), dict):
            return data
        text = data.decode()
    except (ValueError, RecursionError):
        return data
    return _FIELD.sub(lambda field: _value(field, file, markdown), text).encode()


def _value(field: re.Match[str], file: Callable[[str], str], markdown: Callable[[str], str]) -> str:
    old = json.loads(field[3], strict=False)
    new = markdown(old) if field[2] == "text" else file(old)
    return field[0] if new == old else field[1] + json.dumps(new, ensure_ascii=False)
