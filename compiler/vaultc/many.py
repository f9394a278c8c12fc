"""Much work on all processors. The others get copies of this process, so nothing has to be imported or sent to them."""

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S")
T = TypeVar("T")
_MOST = 8
# Sources made in one call.
_BATCH = 100


class Share(NamedTuple, Generic[T]):
    """What was made of some of the sources, encoded; `made` is the same as it was, when this process made it."""

    made: list[T] | None
    encoded: bytes


def work(
    sources: Sequence[S],
    make: Callable[[Sequence[S]], list[T]],
    encode: Callable[[Iterable[T]], bytes],
    progress: Callable[[Sequence[S]], Iterable[S]],
    worth: int,
) -> list[Share[T]]:
    """What `make` makes of the sources, in shares; it gets some of them at a time. `progress` sees the share of this process.

    `worth` is how many sources one processor does before another would have begun.
    """
    many = min(_processors(), _MOST, len(sources) // worth)
    shares = [sources[at::many] for at in range(many)] if many > 1 else [sources]

    def made(share: Iterable[S]) -> list[T]:
        rest = iter(share)
        return [one for batch in iter(lambda: list(islice(rest, _BATCH)), []) for one in make(batch)]

    others = [_begin(share, lambda share: encode(made(share))) for share in shares[1:]]
    own = made(progress(shares[0]))
    done = [Share(own, encode(own))]
    for share, other in zip(shares[1:], others, strict=True):
        encoded = _end(other)
        done.append(Share(None, encoded) if encoded else Share(left := made(share), encode(left)))
    return done


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles, which takes a third of the time where records are made: they have none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _processors() -> int:
    """How many processors may be used. A copy of a process with threads could wait for a lock for ever: then only one."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _begin(share: Sequence[S], work: Callable[[Sequence[S]], bytes]) -> tuple[int, int]:
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
            stream.write(work(share))
        status = 0
    finally:
        os._exit(status)


def _end(begun: tuple[int, int]) -> bytes:
    """The result of a copy, empty when it did not come to its end."""
    process, source = begun
    with os.fdopen(source, "rb") as stream:
        result = stream.read()
    _, status = os.waitpid(process, 0)
    return result if status == 0 else b""
