"""Whether a snippet exchanged parts of what measures it.

It runs in the same process and could, by the way or on purpose: a clock that goes slower, a verdict that is always yes.
What is bound to another function at the end than at the beginning is seen. Whoever sets out to lie can still do so, in
code that stands in the note for all to read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

WATCHED = ("vaultc.bench", "time")


def functions() -> Mapping[str, object]:
    """The functions of what measures, and of its classes, by name."""
    return dict(_functions())


def exchanged(before: Mapping[str, object]) -> str | None:
    """The name of one that is another by now; ``None`` where all are the same."""
    now = functions()
    return next((name for name, function in before.items() if now.get(name) is not function), None)


def _functions() -> Iterator[tuple[str, object]]:
    for name, module in list(sys.modules.items()):
        if name.startswith(WATCHED[0]) or name in WATCHED:
            for key, value in list(vars(module).items()):
                if callable(value):
                    yield f"{name}.{key}", value
                if isinstance(value, type) and value.__module__.startswith(WATCHED[0]):
                    parts = vars(value).items()
                    yield from ((f"{name}.{key}.{part}", made) for part, made in parts if callable(made))
