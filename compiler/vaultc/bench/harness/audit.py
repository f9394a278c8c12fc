"""Whether a call computes what it returns, tried on a set-up of its own that nothing else uses.

The snippet's function is called twice more, with two seeds. The second set-up's inputs are written over the first's: a
call that computes gives another result then, and takes as long as ever; one that kept its result does not, or computes
only then. Inputs that both set-ups share are the snippet's own data and stay as they are.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from vaultc.bench.harness.device import Machine
from vaultc.bench.records.model import Flag, Param
from vaultc.bench.snippet.case import Case
from vaultc.bench.snippet.sweep import Sweep

DEEPEST = 5
"""Objects in objects that are looked through for tensors."""
SLOWER = 3.0
"""Times as long as usual from which a call did something else than usual."""
TRIES, LONGEST = 7, 0.5
"""Times that two ways of calling are compared, or seconds after which two comparisons are enough."""
Call: TypeAlias = Callable[[], object]
Pairs: TypeAlias = Sequence[tuple[Any, Any]]


def audit(machine: Machine, sweep: Sweep, setting: Mapping[str, Param], seed: int) -> tuple[Flag, ...]:
    """The flag of a call that does not compute its result; none where it does, or where it cannot be told.

    Whatever goes wrong in it is no fault of the snippet, whose calls are made here with inputs that it did not choose.
    """
    try:
        machine.seed(seed)
        first = sweep.make(**setting)
        machine.seed(seed + 1)
        second = sweep.make(**setting)
        if not isinstance(first, Case) or not isinstance(second, Case):
            return ()
        inputs = _own_inputs(machine, first, second)  # before a call can put something beside them
        if (
            _works_only_after_writing(machine, first, inputs)
            or _keeps_results(machine, first, second, inputs)
            or _returns_what_was_there(machine, first, second)
        ):
            return ("cached-output",)
        return ("no-synchronisation",) if _defers(machine, second) else ()
    except Exception as fault:  # noqa: BLE001 - see above
        machine.translate(fault)
        fault.__traceback__ = None
        return ()
    finally:
        machine.release()


def _defers(machine: Machine, case: Case) -> bool:
    """Whether the result is computed when somebody reads it."""
    plain = [machine.keep(tensor) for tensor in machine.tensors(case.run())]

    def read() -> object:
        return [machine.keep(tensor) for tensor in machine.tensors(case.run())]

    def call_and_copy() -> object:
        return case.run(), [machine.keep(tensor) for tensor in plain]

    return bool(plain) and _always_slower(machine, (read, _nothing), (call_and_copy, _nothing))


def _always_slower(machine: Machine, first: tuple[Call, Call], second: tuple[Call, Call]) -> bool:
    """Whether a call is slower than another each time, in turn with it, so that no load makes the difference. The second
    of each pair is done before the first, untimed."""

    def seconds(call: Call, before: Call) -> float:
        before()
        return max(machine.time(call).seconds, machine.precision)

    spent = 0.0
    for turn in range(TRIES):
        slow, fast = seconds(*first), seconds(*second)
        if slow <= SLOWER * fast:
            return False
        spent += slow + fast
        if spent > LONGEST and turn:
            break
    return True


def _nothing() -> None:
    pass


def _keeps_results(machine: Machine, case: Case, other: Case, pairs: Pairs) -> bool:
    """Whether the call gives its old result for new inputs, although they make a difference."""
    if not pairs:
        return False
    before = [machine.keep(tensor) for tensor in machine.tensors(case.run())]
    contents = [(mine, machine.keep(theirs)) for mine, theirs in pairs]  # before the other call writes on them
    meant = [machine.keep(tensor) for tensor in machine.tensors(other.run())]
    if not before:
        return False
    if _all_equal(machine, before, meant):  # what works on its inputs gives something else for others
        return bool(case.flops) and not all(machine.equal(one, two) for one, two in pairs)
    for mine, content in contents:
        machine.overwrite(mine, content)
    return _all_equal(machine, machine.tensors(case.run()), before)


def _works_only_after_writing(machine: Machine, case: Case, pairs: Pairs) -> bool:
    """Whether the call works only when its inputs were written to, of which nothing is timed.

    Before the other calls as much is written elsewhere, so that caches are in the same state.
    """
    contents = [(mine, machine.keep(mine), machine.keep(theirs)) for mine, theirs in pairs]

    def writing(places: Sequence[Any]) -> Call:
        turns = itertools.cycle((1, 2))  # a result that is kept for good is that of its own inputs

        def write() -> None:
            turn = next(turns)
            for place, content in zip(places, contents, strict=True):
                machine.overwrite(place, content[turn])

        return write

    mine = [content[0] for content in contents]
    elsewhere = [machine.keep(tensor) for tensor in mine]
    works = bool(contents) and _always_slower(machine, (case.run, writing(mine)), (case.run, writing(elsewhere)))
    for place, own, _ in contents:
        machine.overwrite(place, own)
    return works


def _returns_what_was_there(machine: Machine, case: Case, other: Case) -> bool:
    """Whether a call that is said to work only hands out a tensor that it found, as itself, a view or a copy.

    Handing out is honest where nothing else was promised: a copy has no FLOP, and its reference is its input.
    """
    shared = set(map(machine.place, _reachable(machine, other.run)))
    found = [tensor for tensor in _reachable(machine, case.run) if machine.place(tensor) not in shared]
    results = machine.tensors(case.run())
    handed = [
        tensor
        for tensor in found
        if any(machine.place(tensor) == machine.place(result) or machine.equal(tensor, result) for result in results)
    ]
    for tensor in handed:
        if case.flops or _computes(machine, case.reference, tensor):
            put = machine.altered(tensor)
            machine.overwrite(tensor, put)
            again = machine.tensors(case.run())
            viewed = any(machine.place(tensor) == machine.place(result) for result in again)
            return machine.equal(tensor, put) if viewed else any(machine.equal(result, put) for result in again)
    return False


def _computes(machine: Machine, reference: Callable[[], object] | None, tensor: Any) -> bool:
    """Whether a reference makes its result of other tensors than the one that the call hands out."""
    if reference is None:
        return False
    found = list(_reachable(machine, reference))
    if any(machine.place(item) == machine.place(tensor) for item in found):
        return False
    results = machine.tensors(reference())
    return bool(found) and not any(machine.equal(result, item) for result in results for item in found)


def _own_inputs(machine: Machine, case: Case, other: Case) -> Pairs:
    """Tensors of one set-up with their likes of the other, without those that both share."""
    mine, theirs = list(_reachable(machine, case.run)), list(_reachable(machine, other.run))
    if len(mine) != len(theirs):
        return []
    shared = set(map(machine.place, mine)) & set(map(machine.place, theirs))
    pairs = zip(mine, theirs, strict=True)
    return [
        (one, two)
        for one, two in pairs
        if one.shape == two.shape and one.dtype == two.dtype and machine.place(one) not in shared
    ]


def _all_equal(machine: Machine, ones: Sequence[Any], others: Sequence[Any]) -> bool:
    return len(ones) == len(others) and all(machine.equal(one, other) for one, other in zip(ones, others, strict=True))


def _reachable(machine: Machine, root: object) -> Iterator[Any]:
    """The tensors that a call can get at by itself: in its closure, its defaults, its object, and what these hold."""
    seen: set[int] = set()
    waiting = [(root, 0)]
    while waiting:
        value, depth = waiting.pop()
        if id(value) in seen or depth > DEEPEST:
            continue
        seen.add(id(value))
        if machine.is_tensor(value):
            yield value
        else:
            waiting += [(part, depth + 1) for part in _parts(value)]


def _parts(value: object) -> list[object]:
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, (type, str, bytes, int, float, complex)) or value is None:
        return []
    cells = getattr(value, "__closure__", None) or ()
    inside = [cell.cell_contents for cell in cells if _filled(cell)]
    inside += list(getattr(value, "__defaults__", None) or ())
    inside += list((getattr(value, "__kwdefaults__", None) or {}).values())
    inside += [getattr(value, "__self__", None)]
    return inside + list(getattr(value, "__dict__", {}).values())


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:  # a name that was not yet given a value
        return False
