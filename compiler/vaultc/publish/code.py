"""Code in pages, coloured as `pymdownx.highlight` does it, without looking up again for each block what is the same for all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from markdown import Markdown
from pygments.lexer import Lexer
from pygments.style import Style, StyleMeta
from pymdownx.highlight import Highlight, HighlightExtension

# What the first block in each language was read with.
_Known = dict[tuple[str, bool], tuple[Lexer, str]]


def lighten(reader: Markdown) -> None:
    """Let a reader colour its code in this way."""
    known: _Known = {}
    for extension in reader.registeredExtensions:
        if type(extension) is HighlightExtension:
            extension.get_pymdownx_highlighter = lambda: partial(_Light, known)  # type: ignore[attr-defined]


class _Nothing(StyleMeta):  # type: ignore[misc]
    def __iter__(self) -> Iterator[Any]:
        return iter(())


class _Unstyled(Style, metaclass=_Nothing):  # type: ignore[misc]
    """Colours no token: where code has classes, a formatter would make a style sheet of all colours, and nobody would ask for it."""


class _Light(Highlight):  # type: ignore[misc]
    """`known` says what code in each language was read with. A lexer may remember what it read: each block has one of its own."""

    def __init__(self, known: _Known, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._known = known
        if not self.noclasses:
            self.pygments_style = _Unstyled

    def get_lexer(self, src: str, language: str, inline: bool, stripnl: bool) -> tuple[Lexer, str]:
        """Called by the parent."""
        if self.guess_lang:  # by the code
            found: tuple[Lexer, str] = super().get_lexer(src, language, inline, stripnl)
        elif (language, stripnl) in self._known:
            lexer, name = self._known[language, stripnl]
            found = type(lexer)(**lexer.options), name
        else:
            found = self._known[language, stripnl] = super().get_lexer(src, language, inline, stripnl)
        return found
