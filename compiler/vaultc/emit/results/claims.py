"""What a snippet claimed, and what the numbers say of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup

from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.model import Claim, Verdict
from vaultc.bench.records.text import one_line
from vaultc.emit.markup import el, join

MEANING: Final[dict[Verdict, str]] = {
    "confirmed": "the numbers bear it out",
    "refuted": "the numbers contradict it",
    "undecided": "there are numbers: they allow both, or are in doubt",
    "unmeasured": "there is no number yet",
}


def word(verdict: Verdict) -> str:
    """What readers are told: a claim that figures do not decide is open."""
    return "open" if verdict == "undecided" else verdict


def verdict(claim: Claim) -> Markup:
    """The verdict as a badge; the word says it, the colour repeats it."""
    return el("span", word(claim.verdict), class_="vc-badge", data_kind=claim.verdict, title=MEANING[claim.verdict])


def reason(claim: Claim) -> Markup:
    """The figures, and what keeps them from deciding."""
    said = (("vc-because", claim.because), ("vc-doubt", claim.doubt))
    return join((el("span", text, class_=kind) for kind, text in said if text), " ")


def compared(attached: Attached) -> Markup:
    """The claims with a column for each machine."""
    found = [_by_sentence(attached.claims(on)) for on in attached.machines]
    sentences = list(dict.fromkeys(key for of_machine in found for key in of_machine))
    if not sentences:
        return Markup("")
    labels = [one_line(on.machine.label, 120) for on in attached.machines]
    head = el("tr", el("th", "Claim", scope="col"), *(el("th", label, scope="col") for label in labels))
    rows = []
    for key in sentences:
        cells = [el("th", key[0], scope="row", class_="vc-claim")]
        for on, label, of_machine in zip(attached.machines, labels, found, strict=True):
            claim = of_machine.get(key)
            where = el("span", label, class_="vc-where")
            said = join((verdict(claim), where, reason(claim)), " ") if claim else "—"
            cells.append(el("td", said, data_verdict=claim.verdict if claim else None, data_state=on.state))
        rows.append(el("tr", *cells))
    table = el("table", el("thead", head), el("tbody", join(rows, "\n")), class_="vc-table vc-list vc-verdicts")
    return el("div", table, class_="vc-scroll", tabindex="0")


def _by_sentence(claims: Sequence[Claim]) -> dict[tuple[str, int], Claim]:
    """Claims by their sentence and, where it is claimed more than once, their number."""
    out: dict[tuple[str, int], Claim] = {}
    for claim in claims:
        number = sum(text == claim.text for text, _ in out)
        out[claim.text, number] = claim
    return out


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
    """`2 confirmed, 1 open`; empty without claims."""
    return counted(claim.verdict for claim in attached.claims(on))


def counted(verdicts: Iterable[Verdict]) -> str:
    """How many of each, in words."""
    found = Counter(verdicts)
    return ", ".join(f"{found[each]} {word(each)}" for each in MEANING if found[each])
