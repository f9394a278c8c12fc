"""What a snippet imports. The same lines measure on a CPU and on a GPU, under ``vaultc bench run`` and in a plain file.

A snippet names a function of its parameters that sets things up and returns what to measure, sweeps it with
``measure``, and ends in claims::

    from vaultc import bench

    def product(n: int, kind: str) -> bench.Case:
        a, b = torch.randn(2, n, n, device=bench.device())
        return bench.Case(lambda: a @ b, flops=2 * n**3)

    times = bench.measure(product, n=bench.by_device(cpu=[256, 512, 1024], cuda=[2048, 4096, 8192]))
    slope = times.slope("n")
    bench.claim("A matrix product costs the cube of its width.", holds=slope.within(2.8, 3.2), because=f"slope {slope}")

Which parameters are swept must not depend on what was measured.
"""

from __future__ import annotations

import inspect
import itertools
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from vaultc.bench.records import answer
from vaultc.bench.records.answer import Answer
from vaultc.bench.records.model import Claim, Device, Param
from vaultc.bench.records.results import Results
from vaultc.bench.records.text import one_line
from vaultc.bench.snippet.case import Budget, Case, Value
from vaultc.errors import VaultcError

T = TypeVar("T")
Measured: TypeAlias = Case | Value | Sequence[Value]
DEVICE_VARIABLE = "VAULTC_BENCH_DEVICE"
RANK, RANKS = "VAULTC_BENCH_RANK", "VAULTC_BENCH_RANKS"
MOST_POINTS = 500


@dataclass(frozen=True, slots=True)
class Sweep:
    """A function and every setting of its parameters, sizes apart from variants."""

    name: str
    make: Callable[..., Measured]
    settings: tuple[Mapping[str, Param], ...]
    memory: bool
    budget: Budget

    def groups(self) -> Iterator[list[Mapping[str, Param]]]:
        """Settings that differ in variants only: they are measured in turn, and share memory for that long."""
        for _, group in itertools.groupby(self.settings, _sizes):
            yield list(group)


class Measurer(Protocol):
    """Who answers ``measure`` and ``claim``: a phase of the runner, or the plain file."""

    def measure(self, sweep: Sweep) -> Results: ...
    def claim(self, claim: Claim) -> None: ...


_measurer: Measurer | None = None
_device: Device | None = None


def device() -> Device:
    """Where this run measures: ``"cpu"`` or ``"cuda"``, ready for torch's ``device=``."""
    global _device  # noqa: PLW0603 - one process measures on one device
    if _device is None:
        asked = os.environ.get(DEVICE_VARIABLE, "")
        _device = "cuda" if asked == "cuda" or (not asked and _has_cuda()) else "cpu"
    return _device


def rank() -> int:
    """Which of a snippet's processes this is, from 0; it has several where it declares ``processes=``."""
    return int(os.environ.get(RANK, "0"))


def ranks() -> int:
    """How many processes run the snippet at once."""
    return int(os.environ.get(RANKS, "1"))


def by_device(*, cpu: T, cuda: T) -> T:
    """The choice for the device at hand: sizes, a dtype, anything."""
    return cuda if device() == "cuda" else cpu


def measure(
    make: Callable[..., Measured],
    *,
    memory: bool = False,
    seconds: float = 0.5,
    cold: bool = True,
    **parameters: Iterable[Param],
) -> Results:
    """Measures ``make(**setting)`` at every combination of the parameters' values.

    ``make`` sets things up and returns a ``Case`` to be timed, a ``Value``, or several values with names of their own.
    ``memory`` adds the peak memory of one call, over what the set-up holds, taken in a fresh process.
    ``seconds`` is how long one point is sampled in one process (five samples at least). ``cold`` adds, for calls that are
    short enough to notice, the time with empty caches.
    Returns the points, pooled over all processes where claims are judged. Raises ``VaultcError`` for a sweep
    that is empty, too long or not made of plain values.
    """
    name = getattr(make, "__name__", "")
    if not name.isidentifier():
        raise VaultcError("measure() needs a function with a name of its own: its name heads the table")
    taken = {"memory", "seconds", "cold"} & inspect.signature(make).parameters.keys()
    if taken:
        raise VaultcError(
            f"{name}: measure() has a parameter {min(taken)!r} of its own: call the function's another name"
        )
    if not isinstance(memory, bool) or not isinstance(seconds, (int, float)):
        raise VaultcError(
            f"{name}: memory= and seconds= are words of measure() itself: call the parameter something else"
        )
    values = {key: list(choices) for key, choices in parameters.items()}
    for key, choices in values.items():
        if not choices or not all(isinstance(choice, (bool, int, float, str)) for choice in choices):
            raise VaultcError(f"{name}: {key} needs one value or more, each a number, a text or a truth value")
        if any(unicodedata.category(char) == "Cs" for choice in choices for char in str(choice)):
            raise VaultcError(f"{name}: {key} has half a character (a surrogate), which no file can hold")
    # Sizes vary slowest, so that variants of one size stand side by side, in the order in which they were written.
    ordered = sorted(values, key=lambda key: not all(map(_is_size, values[key])))
    rows = itertools.product(*(values[key] for key in ordered))
    settings = [dict(zip(ordered, row, strict=True)) for row in rows]
    if len(settings) > MOST_POINTS:
        raise VaultcError(f"{name}: {len(settings)} points; {MOST_POINTS} is the most")
    written = tuple({key: setting[key] for key in values} for setting in settings)
    return _current().measure(Sweep(name, make, written, memory, Budget(seconds, cold)))


def claim(text: str, *, holds: Answer, because: object = "") -> None:
    """States a sentence and whether the numbers bear it out: ``True``, ``False``, or ``undecided`` where they do not say.

    ``because`` gives the numbers. Raises ``TypeError`` for an answer that is none of the three.
    """
    verdict, doubt = answer.verdict(holds)
    figures = "" if because is None else str(because)
    _current().claim(Claim(one_line(text), verdict, one_line(figures), one_line(doubt)))


def use(measurer: Measurer | None) -> None:
    """Hands ``measure`` and ``claim`` of this process to who answers them; ``None`` makes it a plain file again."""
    global _measurer  # noqa: PLW0603 - a snippet is one process and one conversation
    _measurer = measurer
    answer.forget()


def _current() -> Measurer:
    global _measurer  # noqa: PLW0603 - a snippet is one process and one conversation
    if _measurer is None:
        from vaultc.bench.harness import plain_file  # the one way back: nobody else measures for a plain file

        _measurer = plain_file.open_file(device())
    return _measurer


def _has_cuda() -> bool:
    from vaultc.bench.harness.device import reaches_cuda

    return reaches_cuda()


def _is_size(value: Param) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _sizes(setting: Mapping[str, Param]) -> list[Param]:
    return [value for value in setting.values() if _is_size(value)]
