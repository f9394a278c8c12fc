"""The verdicts of a vault's benchmarks, the most surprising first."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from vaultc.bench.records.attach import Attached
from vaultc.bench.records.model import Claim, Verdict

ORDER: Final[tuple[Verdict, ...]] = ("refuted", "confirmed", "undecided", "unmeasured")
"""A claim that somebody believed and numbers contradict says more than one that they bear out."""


class Said(NamedTuple):
    """A claim of a benchmark with the verdict of the machine that says most, whose results are those of the code as it is."""

    attached: Attached
    claim: Claim


def said(found: Sequence[Attached]) -> list[Said]:
    """The claims of benchmarks, each once, by their verdicts; in the order of the notes and of the code where those are equal."""
    out = [Said(attached, claim) for attached in found for claim in _claims(attached)]
    return sorted(out, key=_rank)


def _claims(attached: Attached) -> list[Claim]:
    current = [on for on in attached.machines if on.state in ("ok", "older-environment")]
    best: dict[str, Claim] = {text: Claim(text, "unmeasured") for text in attached.promised}
    for on in current:
        for claim in attached.claims(on):
            known = best.get(claim.text)
            if known is None or _decided(claim) > _decided(known):
                best[claim.text] = claim
    return list(best.values())


def _decided(claim: Claim) -> int:
    """How much a verdict says: one that is decided says most, one without figures nothing."""
    return {"unmeasured": 0, "undecided": 1}.get(claim.verdict, 2)


def _rank(one: Said) -> int:
    return ORDER.index(one.claim.verdict)
