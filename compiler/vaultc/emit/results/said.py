"""The verdicts of a vault's benchmarks, the most surprising first."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from vaultc.bench.records.attach import Attached
from vaultc.bench.records.model import Claim, Verdict

ORDER: Final[tuple[Verdict, ...]] = ("refuted", "confirmed", "undecided", "unmeasured")
"""A claim that somebody believed and numbers contradict says more than one that they bear out."""
_DECIDED: Final = ("refuted", "confirmed")


class Said(NamedTuple):
    """A claim of a benchmark with the verdict of the machine that says most; `stale` where that was measured with earlier code."""

    attached: Attached
    claim: Claim
    stale: bool = False

    @property
    def decided(self) -> bool:
        """Whether the claim was confirmed or refuted."""
        return self.claim.verdict in _DECIDED


def said(found: Sequence[Attached]) -> list[Said]:
    """The claims of benchmarks as they are worded now, each once: what is decided first, of that what still holds, of that what is
    refuted; in the order of the notes and of the code where all is equal."""
    out: list[Said] = []
    for attached in found:
        best: dict[str, Said] = {}
        for one in _claims(attached):
            known = best.get(one.claim.text)
            if known is None or _weight(one) > _weight(known):
                best[one.claim.text] = one
        out += best.values()
    return sorted(out, key=lambda one: (not one.decided, one.stale, ORDER.index(one.claim.verdict)))


def _claims(attached: Attached) -> Iterator[Said]:
    for text in attached.promised:
        yield Said(attached, Claim(text, "unmeasured"))
    for on in attached.machines:
        for claim in attached.claims(on):
            if on.state != "stale" or claim.text in attached.promised:
                yield Said(attached, claim, on.state == "stale")


def _weight(one: Said) -> tuple[bool, bool, bool]:
    """How much a verdict says: figures more than none, those of this code more than earlier ones, a decision more than none."""
    return one.claim.verdict != "unmeasured", not one.stale, one.decided
