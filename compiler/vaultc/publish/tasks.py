"""A Python-Markdown extension: the box of a task is called what the task says, for readers who do not see where it stands."""

import re
from typing import Any, Final

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

_BOX: Final = re.compile(
    r'(<label class="task-list-control"><input type="checkbox")([^<>]*><span class="task-list-indicator"></span></label>)([^<\n]*)'
)


class _Named(Postprocessor):
    def run(self, text: str) -> str:
        """Name each box by the words that follow it; they are HTML text, in which a quote may stand."""
        return _BOX.sub(_named, text) if "task-list-control" in text else text


def _named(box: re.Match[str]) -> str:
    name = box[3].strip().replace('"', "&quot;") or "Task"
    return f'{box[1]} aria-label="{name}"{box[2]}{box[3]}'


class Tasks(Extension):
    """Registers the step: after the boxes are in the page, before it is sanitised."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Called by Python-Markdown."""
        md.postprocessors.register(_Named(md), "vaultc-tasks", -900)


def makeExtension(**options: Any) -> Tasks:  # noqa: N802 (Python-Markdown's name)
    """What Python-Markdown asks a module of an extension for."""
    return Tasks(**options)
