"""A vault that others change: by a check that watches it, and for an editor that does not."""

from collections.abc import Iterator
from threading import Event
from typing import Any

from vaultc.config import Project

_PAUSE = 200  # milliseconds in which more may come that is one change


def changes(project: Project, stop: Event | None = None) -> Iterator[None]:
    """Each time that something changed below the vault or in its configuration, until `stop` is set. What vaultc writes does not count.

    Raises OSError where the system does not tell.
    """
    from watchfiles import DefaultFilter, watch  # slow to import

    build = str(project.build)

    class Notes(DefaultFilter):
        def __call__(self, change: Any, path: str) -> bool:
            return not path.startswith(build) and super().__call__(change, path)

    files = [project.root, *([project.source] if project.source else [])]
    for _ in watch(*files, watch_filter=Notes(), debounce=_PAUSE, stop_event=stop):
        yield
