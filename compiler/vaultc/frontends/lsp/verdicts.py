"""What measurements say, in Markdown for a note or one of its benchmarks."""

from collections.abc import Iterable

from vaultc.bench.records.attach import Attached, attach
from vaultc.bench.records.model import Claim
from vaultc.bench.records.text import one_line
from vaultc.emit.results.claims import word
from vaultc.emit.results.said import said
from vaultc.emit.results.words import STATE, date
from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.text import Span


def of_note(vault: Vault, note: Note) -> str:
    """The verdicts of a note's benchmarks, each claim once, the most surprising first; empty where it claims nothing.

    Raises VaultcError where results cannot be read.
    """
    return _listed(one.claim for one in said(_attached(vault, note)))


def of_snippet(vault: Vault, note: Note, span: Span) -> str:
    """What each machine says of the benchmark at `span`: when it was measured, its state and its verdicts.

    Raises VaultcError where results cannot be read.
    """
    return "\n\n".join(_measured(it) for it in _attached(vault, note) if it.snippet.span == span)


def _attached(vault: Vault, note: Note) -> list[Attached]:
    # All notes are told of, for two benchmarks of one id are both bad.
    return [it for it in attach(vault.notes.values(), vault.project.root) if it.note == note.path]


def _measured(found: Attached) -> str:
    if not found.machines:
        label, meaning = STATE[found.state]
        return f"{label}: {meaning}"
    parts = []
    for on in found.machines:
        label, meaning = STATE[on.state]
        parts.append(f"**{one_line(on.machine.label, 120)}** · {date(on.run.started)} · {label}: {meaning}")
        parts.append(_listed(found.claims(on)))
    return "\n\n".join(filter(None, parts))


def _listed(claims: Iterable[Claim]) -> str:
    return "\n".join(
        f"- **{word(it.verdict)}**: {one_line(it.text)}"
        + "".join(f" — {one_line(why)}" for why in (it.because, it.doubt) if why)
        for it in claims
    )
