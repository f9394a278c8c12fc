"""Stored results beside the snippets that they belong to: what the pages show and what the checks judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from vaultc.bench.records import store
from vaultc.bench.records.jobs import BadSnippet, Job, is_bench, make_job, reader
from vaultc.bench.records.keys import sentences
from vaultc.bench.records.model import Claim, MachineClass, Run, UnreadableLine
from vaultc.bench.records.text import one_line
from vaultc.model import Note, Snippet

State: TypeAlias = Literal["ok", "older-environment", "stale", "unmeasured", "bad"]

_GRAVITY: tuple[State, ...] = ("ok", "older-environment", "stale", "unmeasured")


@dataclass(frozen=True, slots=True)
class OnMachine:
    """The runs of a snippet on one machine class, oldest first; `run` speaks for it, and `state` says how far."""

    machine: MachineClass
    runs: tuple[Run, ...]
    run: Run
    state: State


@dataclass(frozen=True, slots=True)
class Attached:
    """A snippet of the note at `note` with all that is known about it; GPUs come before CPUs."""

    note: str
    snippet: Snippet
    job: Job | BadSnippet
    machines: tuple[OnMachine, ...] = ()
    unreadable: tuple[tuple[str, UnreadableLine], ...] = ()
    """Lines of the results that this version cannot read, each with the name of its file."""
    altered: tuple[tuple[str, UnreadableLine], ...] = ()
    """Lines of the results that are not as they were written, each with the name of its file."""

    @property
    def id(self) -> str:
        """The snippet's name; empty where the snippet is bad."""
        return self.job.id if isinstance(self.job, Job) else ""

    @property
    def named(self) -> str:
        """The name that the block gives itself, also where it cannot be run under it."""
        return self.id or next((word[3:] for word in self.snippet.info.split() if word.startswith("id=")), "")

    @property
    def state(self) -> State:
        """The best that any machine class can say."""
        if isinstance(self.job, BadSnippet):
            return "bad"
        return min((machine.state for machine in self.machines), key=_GRAVITY.index, default="unmeasured")

    @property
    def promised(self) -> tuple[str, ...]:
        """The sentences that the code claims, as far as they are written in it as they are."""
        return tuple(map(one_line, sentences(self.snippet.code))) if isinstance(self.job, Job) else ()

    def judged(self, on: OnMachine) -> bool:
        """Whether the claims were decided as they are worded now."""
        return isinstance(self.job, Job) and on.run.claims_key == self.job.claims_key

    def claims(self, on: OnMachine) -> tuple[Claim, ...]:
        """The claims with what that machine's run says of them; those it does not know are unmeasured."""
        found = on.run.claims if on.state != "unmeasured" else ()
        if on.state == "stale":  # what the old code claimed stands with the old numbers
            return found
        if found and not self.judged(on):
            changed = (
                f"the claims have changed since they were decided: `vaultc bench judge {self.id}` decides them again"
            )
            return tuple(Claim(text, "undecided", doubt=changed) for text in self.promised)
        known = Counter(claim.text for claim in found)
        promised = Counter(self.promised) - known
        return (*found, *(Claim(text, "unmeasured") for text in promised.elements()))


def attach(notes: Iterable[Note], root: Path) -> tuple[Attached, ...]:
    """Every benchmark of the notes, in order of note and place, with the results stored in the vault at `root`.

    Nothing is run. Two benchmarks of one id are both bad, for a result could belong to either. Raises VaultcError where a
    results file cannot be read.
    """
    read = reader(root)
    made = [
        (note, snippet, make_job(snippet.info, snippet.code, read, note.path))
        for note in notes
        for snippet in note.snippets
        if is_bench(snippet.info)
    ]
    if not made:
        return ()
    stored = store.read_all(root)
    environments = store.newest_environments(run for files in stored.values() for file in files for run in file.runs)
    uses = Counter(job.id for _, _, job in made if isinstance(job, Job))
    found = []
    for note, snippet, job in made:
        if isinstance(job, Job) and uses[job.id] > 1:
            others = sorted({n.path for n, _, other in made if isinstance(other, Job) and other.id == job.id})
            where = f" in {', '.join(others)}"
            job = BadSnippet(
                f"the id {job.id} is used by {uses[job.id]} benchmarks{where}", "give each an id of its own"
            )
        if isinstance(job, BadSnippet):
            found.append(Attached(note.path, snippet, job))
            continue
        files = stored.get(job.id, ())
        machines = []
        for machine, runs in store.by_machine(files).items():
            current = store.current(runs, job.code_key, environments.get(machine))
            if current is not None:
                machines.append(OnMachine(machine, runs, current.run, current.freshness))
        machines.sort(key=lambda on: (on.machine.device == "cpu", on.machine.label))
        unreadable = tuple((file.path.name, line) for file in files for line in file.unreadable)
        altered = tuple((file.path.name, line) for file in files for line in file.altered)
        found.append(Attached(note.path, snippet, job, tuple(machines), unreadable, altered))
    return tuple(found)
