"""What stands under a benchmark in its note: what was measured, on which machine, and how far it still holds."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.jobs import BadSnippet
from vaultc.bench.records.model import MEASURED, Claim, UnreadableLine
from vaultc.bench.records.text import one_line
from vaultc.emit.results import words
from vaultc.emit.results.claims import listed
from vaultc.emit.results.download import download
from vaultc.emit.results.figures import figures, overlay
from vaultc.emit.results.html import el, join
from vaultc.emit.results.provenance import provenance
from vaultc.emit.results.tables import tables

_ALTERED = "Not shown, because it is not as it was measured"


def block(attached: Attached, links: Mapping[str, str]) -> str:
    """The lowered block for a snippet; `links` are addresses by their labels."""
    if isinstance(attached.job, BadSnippet):
        what = join((badge_of(attached), el("span", f"{attached.job.message}: {attached.job.help}.")), " ")
        return raw("results", el("p", what, class_="vc-head"), state="bad")
    name = attached.id
    parts: list[Markup] = [
        _machine(attached, on, f"vaultc-{name}-{index}") for index, on in enumerate(attached.machines)
    ]
    if not attached.machines:
        parts += [el("p", badge_of(attached), " ", _how(name), class_="vc-head"), _promises(attached)]
    measured = [on.run for on in attached.machines if on.state in ("ok", "older-environment") and on.run.points]
    if len(measured) > 1 and (together := overlay(measured, f"vaultc-{name}-all")):
        summary = el("summary", f"{len(measured)} machines on one plot")
        parts.append(el("details", summary, together, class_="vc-provenance vc-overlay", data_search_exclude=True))
    for title, broken in (("Not all of the record can be read", attached.unreadable), (_ALTERED, attached.altered)):
        if broken:
            parts.append(_lines(title, broken))
    anchors = [el("a", label, href=address) for label, address in links.items()]
    parts.append(el("p", join(anchors, " · "), class_="vc-links", data_search_exclude=True))
    return raw("results", join(parts, "\n"), state=attached.state, id=f"vaultc-results-{name}")


def raw(kind: str, content: str, state: str = "", id: str = "") -> str:
    """HTML of ours as a block of the page that no Markdown processor looks into, at any depth of lists and quotes."""
    selector = (
        f'div[data-vaultc="{kind}"]' + (f'[data-state="{state}"]' if state else "") + (f'[id="{id}"]' if id else "")
    )
    lines = "\n".join(line for line in content.split("\n") if line.strip())
    return f"/// html | {selector}\n    markdown: html\n\n{lines}\n\n///"


def badge_of(attached: Attached) -> Markup:
    """The state of a snippet that has no numbers."""
    return words.badge(*words.STATE[attached.state], attached.state)


def _how(name: str) -> Markup:
    return join(("Run it with ", el("code", f"vaultc bench run {name}"), "."))


def _promises(attached: Attached) -> Markup:
    return listed([Claim(text, "unmeasured") for text in attached.promised])


def _machine(attached: Attached, on: OnMachine, name: str) -> Markup:
    run = on.run
    head = el(
        "p", el("strong", one_line(on.machine.label, 120), class_="vc-machine"), *(join((" ", b)) for b in words.badges(run, on.state)),
        class_="vc-head",
    )  # fmt: skip
    parts = [head]
    if on.state == "stale":
        parts.append(
            el(
                "p",
                "The code above has changed since these numbers were measured. ",
                _how(attached.id),
                class_="vc-remark",
            )
        )
    elif on.state == "unmeasured":
        reason = words.STATUS[run.status][1] + (f": {one_line(run.message)}" if run.message else "")
        parts.append(
            el(
                "p",
                f"The last run was {words.STATUS[run.status][0]} ({reason}). ",
                _how(attached.id),
                class_="vc-remark",
            )
        )
    elif run.status not in MEASURED:
        reason = one_line(run.message) or words.STATUS[run.status][1]
        parts.append(el("p", f"{words.STATUS[run.status][0].capitalize()}: {reason}", class_="vc-remark"))
    parts.append(listed(attached.claims(on)))
    if run.points:
        parts += [figures(run, name), tables(run), el("p", download(run), class_="vc-links", data_search_exclude=True)]
    parts.append(provenance(run))
    return el("section", join(parts, "\n"), class_="vc-run", data_state=on.state, data_status=run.status)


def _lines(what: str, lines: Sequence[tuple[str, UnreadableLine]]) -> Markup:
    said = [f"{one_line(file, 80)}, line {line.number}: {one_line(line.reason, 120)}" for file, line in lines[:5]]
    more = len(lines) - len(said)
    text = "; ".join(said) + (f"; and {more} more" if more else "")
    return el("p", f"{what}: ", text, class_="vc-remark", data_grave=True)
