"""What a measurement leaves behind: one ``Run`` is one JSON line, and everything a page shows is derived from it.

Raw samples are kept; medians, spreads and rates are functions over them (``vaultc.bench.records.stats``). Units are SI base
units: seconds, bytes, FLOP. Records are frozen and hold only plain values, so they can be read without torch.
"""

from __future__ import annotations

import json
import math
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from vaultc.bench.records.codec import DecodeError, decode, encode

SCHEMA = 2
"""Version of the line format. A reader reports lines of another one, and does not interpret them; those of 1 had no seal."""

TIME, COLD, BACKWARD, COMPILE = "time", "cold time", "backward time", "compile time"
HOST, GRAPH = "host time", "graph time"
"""Metrics of a timed case. ``time`` is that of a call whose like went just before, so that caches are hot; before ``cold
time`` they are emptied. On CUDA, ``host time`` is what launching costs the processor, ``graph time`` a replayed graph."""

Param: TypeAlias = bool | int | float | str
Device: TypeAlias = Literal["cpu", "cuda"]

Status: TypeAlias = Literal[
    "ok",  # measured, and the spread is small
    "noisy",  # measured, and its samples do not tell a process's median to a tenth
    "disturbed",  # measured while something else used the machine
    "throttled",  # measured while the device lowered its clocks
    "all_discarded",  # every sample was thrown away as throttled
    "oom",  # out of memory: often the result itself
    "timeout",  # the wall-clock limit was reached
    "error",  # the snippet raised, exited or was killed
    "wrong_result",  # disagrees with the reference, hence not timed
    "skipped",  # not runnable here, for example no such device or backend
    "interrupted",  # stopped by the user; what was done is kept
]
"""``ok``, ``noisy``, ``disturbed`` and ``throttled`` carry samples; the others say why there are none."""
MEASURED: tuple[Status, ...] = ("ok", "noisy", "disturbed", "throttled")

Flag: TypeAlias = Literal[
    "no-synchronisation",  # the callable returned before the device had done its work
    "cached-output",  # the same result came back without being computed again
    "above-peak",  # a rate above what the machine was measured to reach
    "large-speed-up",  # over ten times faster than another variant at the same point
    "changing-result",  # right at first, and another one later
    "disturbed",  # something else used the machine in one of the processes
    "drift",  # it became slower or faster while it was measured
    "unchecked",  # the reference could not be computed at this point
    "timer-resolution",  # too short for the clock
    "between-processes",  # the processes disagree more than the samples inside them
]
"""Reasons to doubt a point. A flagged point is shown with its flag, never dropped."""
GRAVE: frozenset[Flag] = frozenset(
    ("no-synchronisation", "cached-output", "changing-result", "above-peak", "large-speed-up", "disturbed")
)
"""Flags after which a number decides no claim; the others say how far it goes."""

Verdict: TypeAlias = Literal[
    "confirmed",
    "refuted",
    "undecided",  # the numbers allow both, or are in doubt
    "unmeasured",  # there is no number
]


@dataclass(frozen=True, slots=True)
class MachineClass:
    """What two runs must share to stand in one table. Coarse on purpose: clocks and temperatures are not part of it."""

    device: Device
    name: str
    """The GPU's name or the CPU's model, as the system gives it, without clock and core counts."""
    capability: str | None = None
    """Compute capability of a GPU, such as ``9.0``."""
    threads: int | None = None
    """Threads that torch uses on a CPU."""
    partition: str | None = None
    """The slice of a divided GPU, such as ``1g.18gb``."""
    quota: float | None = None
    """Cores that a control group allows, where these are fewer than the threads could use."""

    @property
    def slug(self) -> str:
        """File name (without suffix) of its results: ``cuda-nvidia-h200-9-0``, ``cpu-amd-epyc-9b14-2-threads``."""
        parts = [self.device, self.name, self.capability or "", f"{self.threads} threads" if self.threads else ""]
        parts += [self.partition or "", f"quota {self.quota:g}" if self.quota else ""]
        return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")

    @property
    def label(self) -> str:
        """For people: ``NVIDIA H200 (compute 9.0)``, ``AMD EPYC 9B14 (2 threads)``."""
        details = [f"compute {self.capability}" if self.capability else "", self.partition or ""]
        details.append(f"{self.threads} thread{'s' if self.threads != 1 else ''}" if self.threads else "")
        details.append(f"quota of {self.quota:g} cores" if self.quota else "")
        text = ", ".join(filter(None, details))
        return f"{self.name} ({text})" if text else self.name


@dataclass(frozen=True, slots=True)
class Environment:
    """Versions that may move a number without making it wrong. ``None``: not installed, or not told by the system."""

    python: str
    os: str
    torch: str | None = None
    cuda: str | None = None
    cudnn: str | None = None
    driver: str | None = None
    triton: str | None = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """The device's state at one moment. All ``None`` where nothing tells."""

    sm_mhz: float | None = None
    memory_mhz: float | None = None
    temperature_c: float | None = None
    power_limit_w: float | None = None
    throttle: tuple[str, ...] = ()
    """Active reasons for lowered clocks, such as ``sw_power_cap``."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What the system said while one process measured, or one group of its points. ``None``: it does not tell."""

    wall: float = 0.0
    """Seconds that were watched; shares and rates below are by this."""
    cpu: float | None = None
    """Processor time of the process over wall time: 2.0 are two busy cores."""
    others: float | None = None
    """The same for everybody else on the cores that the process may use."""
    delay: float | None = None
    """Waiting for a core, summed over the threads of the process, over wall time."""
    pressure: float | None = None
    """Share of time in which some task of the whole system waited for a core (``/proc/pressure/cpu``)."""
    throttled: float | None = None
    """Time stopped by a quota (``cpu.stat`` of the control group), over wall time."""
    throttled_periods: int | None = None
    periods: int | None = None
    """Periods of the quota, and how many of them it stopped the process in."""
    involuntary: float | None = None
    """Involuntary context switches a second."""
    steal: float | None = None
    """Time that a hypervisor took from these cores, over wall time."""
    sentinel: float | None = None
    """Median seconds of a fixed piece of work, done between turns: the pace of the machine itself."""
    sentinel_drift: float | None = None
    """Its upper quartile over its best, less 1: 0 where every turn found the same machine."""
    neighbours: int | None = None
    """Other processes on the GPU."""
    sm_mhz: tuple[float, ...] = ()
    """Lowest and highest SM clock seen between turns; empty on a CPU. So ``power_w``."""
    power_w: tuple[float, ...] = ()
    throttle: tuple[str, ...] = ()
    """Reasons for lowered clocks that were active at any turn."""
    reasons: tuple[str, ...] = ()
    """Why this counts as disturbed, a phrase each; empty where the machine was quiet."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """What kept the snippet from its surroundings, as it was, not as it was wished."""

    network_blocked: bool = False
    memory_limit: int | None = None
    """Bytes of resident memory at which the process group is killed."""
    time_limit: float | None = None
    """Seconds for one point, or for what lies before and after them."""
    notes: tuple[str, ...] = ()
    """What the system did not allow, one line each."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most this machine was measured to do, in the same run: the denominators of every share."""

    copy: float | None = None
    """Bytes per second of a large copy, read plus written."""
    gemm: Mapping[str, float] = field(default_factory=dict)
    """FLOP per second of a large matrix product, by dtype name (``float32``, ``bfloat16``)."""


@dataclass(frozen=True, slots=True)
class Point:
    """One metric at one setting of the parameters."""

    sweep: str
    """Name of the measured function: the points of one table."""
    params: Mapping[str, Param]
    metric: str
    """``time``, ``compile time`` or the name of a value."""
    unit: str
    """``s`` for times; as the snippet says for a value (``B/param``, ``%``)."""
    status: Status
    samples: tuple[tuple[float, ...], ...] = ()
    """Raw samples, one inner tuple for each process."""
    message: str = ""
    """One line on a status that is not ``ok``."""
    allocated: tuple[int, ...] = ()
    """Peak bytes that the CUDA allocator had handed out, one for each process."""
    reserved: tuple[int, ...] = ()
    """Peak bytes that the CUDA allocator held, one for each process."""
    rss: tuple[int, ...] = ()
    """Peak growth of the resident set over the set-up, one for each fresh process (CPU)."""
    flops: float | None = None
    """Declared FLOP of one call."""
    bytes: float | None = None
    """Declared bytes moved by one call."""
    dtype: str | None = None
    """The dtype whose matrix-product ceiling applies."""
    error: float | None = None
    """Largest error against the reference, relative to the reference's largest magnitude."""
    tolerance: float | None = None
    threads: int | None = None
    """Threads that the work was spread over, where torch says."""
    backend: str | None = None
    """Attention backend that was forced, such as ``FLASH_ATTENTION``."""
    discarded: int = 0
    """Samples thrown away because the clocks had been lowered."""
    cause: str = ""
    """Why it may be over ten times faster than another variant, as the snippet says."""
    flags: tuple[Flag, ...] = ()

    @property
    def where(self) -> tuple[tuple[str, Param], ...]:
        """The parameters as a hashable key."""
        return tuple(self.params.items())

    @property
    def measured(self) -> bool:
        """Whether there is a number to show."""
        return any(self.samples)

    @property
    def middle(self) -> float:
        """The median of the processes' medians; infinite where nothing was measured."""
        medians = [statistics.median(process) for process in self.samples if process]
        return statistics.median(medians) if medians else math.inf

    def __lt__(self, other: Point) -> bool:
        """By their middles, so that ``min``, ``max`` and ``sorted`` pick points; to claim something, ask ``Results.value``."""
        return self.middle < other.middle

    @property
    def doubts(self) -> tuple[str, ...]:
        """What keeps the number from deciding a claim: a status that is not ok, and grave flags."""
        status = () if self.status == "ok" or not self.measured else (self.status,)
        return tuple(dict.fromkeys((*status, *(flag for flag in self.flags if flag in GRAVE))))


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that the snippet tested, with what the numbers say."""

    text: str
    verdict: Verdict
    because: str = ""
    """The figures, in the snippet's words."""
    doubt: str = ""
    """Why the verdict is neither yes nor no, where more can be said than that the interval holds both."""

    @property
    def line(self) -> str:
        """``confirmed: it holds (slope 1.98 ± 0.04)``."""
        said = "; ".join(filter(None, (self.because, self.doubt)))
        return f"{self.verdict}: {self.text}" + (f" ({said})" if said else "")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one snippet on one machine: a line of ``vault/_results/<id>/<machine class>.jsonl``."""

    id: str
    code_key: str
    status: Status
    """The run as a whole: ``ok``, or what keeps its numbers from being taken at face value. An expected ``oom`` is ok."""
    started: str
    """UTC, ``2026-01-31T12:34:56Z``."""
    duration: float
    """Seconds of wall time, all processes together."""
    machine: MachineClass
    environment: Environment
    harness: str
    points: tuple[Point, ...] = ()
    claims: tuple[Claim, ...] = ()
    message: str = ""
    """One line on a status that is not ``ok``."""
    log: str = ""
    """The end of what the snippet printed, bounded."""
    processes: int = 0
    seed: int = 0
    commit: str | None = None
    dirty: bool | None = None
    expect: Literal["oom"] | None = None
    clocks: tuple[Clocks, ...] = ()
    """Before and after; empty on a CPU."""
    isolation: Isolation = Isolation()
    disturbance: tuple[Disturbance, ...] = ()
    """What the system said, one for each process that timed."""
    ceilings: Ceilings = Ceilings()
    details: Mapping[str, Param] = field(default_factory=dict)
    """What describes the machine and the run without deciding the class: cores, memory, clock, variables that matter."""
    claims_key: str = ""
    """What identifies the claims as they were worded when they were decided."""
    judged: str = ""
    """UTC, when the claims were decided again; empty where that was done by the run itself."""
    digest: str = field(default="", compare=False)
    """Of the line that it was read from."""
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Judgement:
    """The claims of a run, decided again from its points: a line of the same file."""

    judges: str
    """Digest of the run's line."""
    claims: tuple[Claim, ...]
    claims_key: str
    judged: str
    """UTC."""
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line of a results file that is not a run this version can read. It is reported and stays in its file."""

    number: int
    """Line number from 1."""
    reason: str


def to_line(run: Run) -> str:
    """The run as one line of JSON, without the line break; keys in a fixed order, so equal runs give equal lines."""
    return json.dumps(to_body(run), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_body(record: Run | Judgement) -> dict[str, Any]:
    """The record as plain JSON."""
    body = encode(record)
    body.pop("digest", None)
    return {"schema": record.schema, **body}


def from_line(line: str, number: int = 1) -> Run | UnreadableLine:
    """The run of one line, whose seal is not looked at; see ``body_of`` and ``record_of``."""
    body = body_of(line, number)
    found = body if isinstance(body, UnreadableLine) else record_of(body, number)
    return found if not isinstance(found, Judgement) else UnreadableLine(number, "not a run")


def body_of(line: str, number: int) -> dict[str, Any] | UnreadableLine:
    """The plain JSON of one line; a torn line, a foreign one or one of another schema comes back as ``UnreadableLine``."""
    try:
        body = json.loads(line, parse_int=_whole)
    except (ValueError, RecursionError):
        return UnreadableLine(number, "not JSON: the line may be torn")
    if not isinstance(body, dict):
        return UnreadableLine(number, "not a run")
    if (schema := body.get("schema", 1)) != SCHEMA:
        return UnreadableLine(number, f"schema {schema!r}, this version reads {SCHEMA}")
    return body


def record_of(body: Mapping[str, Any], number: int) -> Run | Judgement | UnreadableLine:
    """The record of one line."""
    try:
        return decode(Judgement, body, "judgement") if "judges" in body else decode(Run, body, "run")
    except DecodeError as fault:
        return UnreadableLine(number, str(fault))


def _whole(digits: str) -> int | float:
    """A whole number; one that no machine word holds is as far from being a count as a float is."""
    return int(digits) if len(digits) < 20 else float(digits)
