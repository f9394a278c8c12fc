"""Many files are parsed on all processors. The others get copies of this process, so nothing has to be imported or sent to them."""

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from vaultc.model import SourceFile

T = TypeVar("T")
# What one processor does before another would have begun.
_WORTH = 500
_MOST = 8


def work(
    sources: Sequence[SourceFile],
    make: Callable[[SourceFile], T],
    progress: Callable[[Sequence[SourceFile]], Iterable[SourceFile]],
) -> list[T]:
    """What `make` makes of each source, in order; it must be plain values. `progress` sees the share of this process."""
    many = min(_processors(), _MOST, len(sources) // _WORTH)
    if many < 2:
        return [make(source) for source in progress(sources)]
    shares = [sources[at::many] for at in range(many)]
    others = [_begin(share, make) for share in shares[1:]]
    made: list[T | None] = [None] * len(sources)
    made[::many] = [make(source) for source in progress(shares[0])]
    for at, (share, other) in enumerate(zip(shares[1:], others, strict=True), start=1):
        made[at::many] = _end(other) or [make(source) for source in share]
    return made  # type: ignore[return-value]  # every share is filled in


def _processors() -> int:
    """How many processors may be used. A copy of a process with threads could wait for a lock for ever: then only one."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _begin(share: Sequence[SourceFile], make: Callable[[SourceFile], Any]) -> tuple[int, int]:
    """Start a copy of this process on its share; its number, and where its result can be read."""
    source, sink = os.pipe()
    process = os.fork()
    if process:
        os.close(sink)
        return process, source
    status = 1
    try:
        os.close(source)
        with os.fdopen(sink, "wb") as stream:
            pickle.dump([make(file) for file in share], stream, protocol=5)
        status = 0
    finally:
        os._exit(status)


def _end(begun: tuple[int, int]) -> list[Any] | None:
    """The result of a copy, or None when it did not come to its end."""
    process, source = begun
    with os.fdopen(source, "rb") as stream:
        result = stream.read()
    _, status = os.waitpid(process, 0)
    # Written by a copy of ourselves.
    made: list[Any] | None = pickle.loads(result) if status == 0 else None  # noqa: S301
    return made
