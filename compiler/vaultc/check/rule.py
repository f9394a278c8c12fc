"""What a rule is: a record that says which code it finds, and what it looks at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from vaultc.diagnostics import CODES, Diagnostic, Severity
from vaultc.graph import Vault
from vaultc.model import Note, Reference
from vaultc.resolve import Ambiguous, Resolution, Resolved, unpublished

if TYPE_CHECKING:
    from vaultc.bench.records.attach import Attached

# What may be said of a reference, in one word for each rule to choose by.
Sort = Literal["found", "alias", "unpublished", "ambiguous", "no-note", "no-asset", "no-heading", "no-block", "outside"]
ALL: frozenset[Sort] = frozenset(
    ("found", "alias", "unpublished", "ambiguous", "no-note", "no-asset", "no-heading", "no-block", "outside")
)
_MISSING: dict[str, Sort] = {
    "note": "no-note",
    "asset": "no-asset",
    "heading": "no-heading",
    "block": "no-block",
    "outside": "outside",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Finds what has one code."""

    code: str

    @property
    def name(self) -> str:
        return CODES[self.code].name

    @property
    def severity(self) -> Severity:
        """The default; an owner may set another."""
        return CODES[self.code].severity


@dataclass(frozen=True, slots=True)
class FileRule(Rule):
    """Looks at a file as it is read. `where` is the module that does: an earlier stage, for later ones see only records."""

    where: str


@dataclass(frozen=True, slots=True)
class NoteRule(Rule):
    """Looks at a note, its own links and those that lead to it, and at other notes by its names and address."""

    check: Callable[[Vault, Note], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True)
class ReferenceRule(Rule):
    """Looks at a reference and what it means: the note it stands in, the names it uses and what has them now.

    `sorts` are the references that it wants to see; those that are simply `found` are most, and cost as much.
    """

    check: Callable[[Vault, Note, Reference, Resolution], Iterable[Diagnostic]]
    sorts: frozenset[Sort] = ALL


@dataclass(frozen=True, slots=True)
class GraphRule(Rule):
    """Looks at the whole of the links, in two steps, so that an edit costs little: `gather` says what a note adds to the
    question (None for nothing), `check` answers it from what all notes add, by path.

    Where it finds anything, its finding stands for those about the references for which `speaks_for` holds.
    """

    gather: Callable[[Vault, Note], Any]
    check: Callable[[Mapping[str, Any]], Iterable[Diagnostic]]
    speaks_for: Callable[[Reference, Resolution], bool] | None = None


@dataclass(frozen=True, slots=True)
class MeasurementRule(Rule):
    """Looks at a benchmark and its stored results."""

    check: Callable[[Vault, "Attached"], Iterable[Diagnostic]]


def sorts(vault: Vault, resolution: Resolution) -> frozenset[Sort]:
    """What there is to say of a reference that means this."""
    chosen = resolution.chosen if isinstance(resolution, Ambiguous) else resolution
    out: set[Sort] = set()
    if not isinstance(chosen, Resolved):
        out.add(_MISSING[chosen.missing])
    elif chosen is not resolution:
        out.add("ambiguous")
    elif chosen.via in ("alias", "title"):
        out.add("alias")
    if unpublished.hides(vault.notes, chosen) or unpublished.withheld(chosen, vault.project.config.html == "trusted"):
        out.add("unpublished")
    return frozenset(out) or _FOUND


_FOUND: frozenset[Sort] = frozenset(("found",))
