"""A Python-Markdown extension, for a generator that gives up at the first page that cannot be rendered: such a page shows its
Markdown, and says why."""

import html
import re
from functools import partial
from typing import Any, Final

from markdown import Markdown
from markdown.extensions import Extension

from vaultc import faults
from vaultc.diagnostics import Diagnostic

_MARK: Final = re.compile(r'<pre data-vaultc="as-written" title="([^"]*)">')


def fault(page: str, path: str) -> Diagnostic | None:
    """The finding about the note at `path` that its page, HTML, tells of."""
    found = _MARK.search(page) if "as-written" in page else None
    return faults.not_compiled(path, html.unescape(found[1]), faults.REPORT) if found else None


class Guarded(Extension):
    """Stands around the rendering of a page."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Called by Python-Markdown."""
        convert = md.convert

        def guarded(source: str) -> str:
            return faults.attempt("", "rendered", partial(convert, source), partial(_as_written, source))

        md.convert = guarded  # type: ignore[method-assign]


def _as_written(source: str, finding: Diagnostic) -> str:
    why = html.escape(finding.message.removeprefix("the note "))
    return f'<pre data-vaultc="as-written" title="{why}">{html.escape(source)}</pre>'


def makeExtension(**options: Any) -> Guarded:  # noqa: N802 (Python-Markdown's name)
    """What Python-Markdown asks a module of an extension for."""
    return Guarded(**options)
