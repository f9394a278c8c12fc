"""What a snippet claimed, and what the numbers say of it."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.model import Claim, Verdict
from vaultc.emit.results.html import el, join

MEANING: Final[dict[Verdict, str]] = {
    "confirmed": "the numbers bear it out",
    "refuted": "the numbers contradict it",
    "undecided": "the numbers allow both, or are in doubt",
    "unmeasured": "there is no number",
}


def verdict(claim: Claim) -> Markup:
    """The verdict as a badge; the word says it, the colour repeats it."""
    return el("span", claim.verdict, class_="vc-badge", data_kind=claim.verdict, title=MEANING[claim.verdict])


def reason(claim: Claim) -> Markup:
    """The figures, and what keeps them from deciding."""
    said = "; ".join(filter(None, (claim.because, claim.doubt)))
    return el("span", said, class_="vc-because") if said else Markup("")


def listed(claims: Sequence[Claim]) -> Markup:
    """Claims as a list: verdict, sentence, reason."""
    rows = [
        el(
            "li", verdict(claim), " ", el("span", claim.text, class_="vc-claim"),
            reason(claim), data_verdict=claim.verdict,
        )
        for claim in claims
    ]  # fmt: skip
    return el("ul", join(rows, "\n"), class_="vc-claims") if rows else Markup("")


def tally(attached: Attached, on: OnMachine) -> str:
    """`2 confirmed, 1 refuted`; empty without claims."""
    verdicts = [claim.verdict for claim in attached.claims(on)]
    return ", ".join(f"{verdicts.count(word)} {word}" for word in MEANING if word in verdicts)
