"""Where a run's numbers come from: one line that unfolds."""

from collections.abc import Iterable

from markupsafe import Markup

from vaultc.bench.records.model import MEASURED, Clocks, Environment, Param, Run
from vaultc.bench.records.text import one_line, quantity
from vaultc.emit.markup import el, join
from vaultc.emit.results import words


def provenance(run: Run) -> Markup:
    """The line and, folded, everything else that the record says about how the numbers came about."""
    line = el("summary", summary(run))
    samples = _samples(run)
    rows = [el("div", el("dt", name), el("dd", value)) for name, value in _facts(run, samples) if value]
    log = el("pre", run.log) if run.log and run.status not in MEASURED else Markup("")
    return el("details", line, el("dl", join(rows, "\n")), log, class_="vc-provenance", data_search_exclude=True)


def summary(run: Run) -> Markup:
    """When, from which code, with which versions, and how often."""
    parts = [
        el("time", words.date(run.started), datetime=one_line(run.started, 30)),
        commit(run),
        *versions(run.environment)[:2],
    ]
    parts += [words.count(run.processes, "process", "processes"), words.count(_samples(run), "sample")]
    parts.append("no network" if run.isolation.network_blocked else "network not blocked")
    return join(parts, " · ")


def _samples(run: Run) -> int:
    return sum(len(process) for point in run.points for process in point.samples)


def commit(run: Run) -> str:
    """The state of the code around the snippet."""
    if not run.commit:
        return "no commit"
    return f"commit {one_line(run.commit)[:10]}" + (" with changes" if run.dirty else "")


def versions(environment: Environment) -> list[str]:
    """What was installed, the most telling first."""
    found = [("torch", environment.torch), ("CUDA", environment.cuda), ("Python", environment.python)]
    found += [("cuDNN", environment.cudnn), ("driver", environment.driver), ("Triton", environment.triton)]
    return [one_line(f"{name} {value}", 40) for name, value in found if value] + [one_line(environment.os, 60)]


def _facts(run: Run, samples: int) -> Iterable[tuple[str, str]]:
    yield "Started", f"{one_line(run.started, 30).replace('T', ' ').removesuffix('Z')} UTC, took {run.duration:.0f} s"
    yield "Machine", one_line(run.machine.label, 120)
    yield "Details", ", ".join(_detail(name, value) for name, value in run.details.items())
    yield "Environment", ", ".join(versions(run.environment))
    yield "Commit", (f"{one_line(run.commit, 64)}" + _dirty(run)) if run.commit else "not in a repository"
    yield "Code", f"key {one_line(run.code_key)[:12]}, harness {one_line(run.harness, 20)}, seed {run.seed}"
    discarded = sum(point.discarded for point in run.points)
    thrown = f", {discarded} discarded while throttled" if discarded else ""
    yield "Samples", f"{samples} in {words.count(run.processes, 'process', 'processes')}{thrown}"
    yield "Checked", _checked(run)
    yield (
        "Forced kernels",
        ", ".join(dict.fromkeys(one_line(point.backend, 40) for point in run.points if point.backend)),
    )
    yield "Clocks", _clocks(run.clocks)
    yield "Peak of this machine", _ceilings(run)
    yield "Isolation", _isolation(run)
    yield "Message", one_line(run.message)


def _dirty(run: Run) -> str:
    return {True: ", with uncommitted changes", False: ", clean", None: ""}[run.dirty]


def _detail(name: str, value: Param) -> str:
    if name == "memory" and isinstance(value, (int, float)):
        return f"memory {quantity(value, 'B', 3)}"
    if name == "cpu_mhz":
        return f"{words.written(value)} MHz"
    return one_line(f"{name.replace('_', ' ') if name.islower() else name} {words.written(value)}", 80)


def _checked(run: Run) -> str:
    errors = [(point.error, point.tolerance) for point in run.points if point.error is not None]
    if not errors:
        return "no reference was given"
    worst, allowed = max(errors, key=lambda pair: pair[0])
    limit = f", {allowed:.2g} is allowed" if allowed is not None else ""
    return f"{words.count(len(errors), 'point')} against a reference: off by {worst:.2g} of its largest value at most{limit}"


def _clocks(clocks: tuple[Clocks, ...]) -> str:
    return "; then ".join(filter(None, map(_clock, clocks)))


def _clock(clocks: Clocks) -> str:
    parts = [
        f"SM {clocks.sm_mhz:.0f} MHz" if clocks.sm_mhz is not None else "",
        f"memory {clocks.memory_mhz:.0f} MHz" if clocks.memory_mhz is not None else "",
        f"{clocks.temperature_c:.0f} °C" if clocks.temperature_c is not None else "",
        f"power limit {clocks.power_limit_w:.0f} W" if clocks.power_limit_w is not None else "",
        f"lowered by {', '.join(clocks.throttle)}" if clocks.throttle else "",
    ]
    return one_line(", ".join(filter(None, parts)))


def _ceilings(run: Run) -> str:
    parts = [f"copy {quantity(run.ceilings.copy, 'B/s', 3)}"] if run.ceilings.copy else []
    parts += [f"{one_line(name, 20)} product {quantity(rate, 'FLOP/s', 3)}" for name, rate in run.ceilings.gemm.items()]
    return ", ".join(parts)


def _isolation(run: Run) -> str:
    kept = run.isolation
    parts = ["network blocked" if kept.network_blocked else "network not blocked"]
    parts += [f"memory limit {quantity(kept.memory_limit, 'B', 3)}"] if kept.memory_limit else []
    parts += [f"time limit {kept.time_limit:g} s a point"] if kept.time_limit else []
    return "; ".join((", ".join(parts), *(one_line(note) for note in kept.notes)))
