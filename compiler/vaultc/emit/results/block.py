"""What stands under a benchmark in its note: what was measured, on which machine, and how far it still holds."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.jobs import BadSnippet
from vaultc.bench.records.model import MEASURED, Claim, UnreadableLine
from vaultc.bench.records.text import one_line
from vaultc.emit.markup import el, join, raw
from vaultc.emit.results import words
from vaultc.emit.results.claims import compared, listed
from vaultc.emit.results.download import download
from vaultc.emit.results.figures import figures, overlay
from vaultc.emit.results.history import over_time
from vaultc.emit.results.provenance import provenance
from vaultc.emit.results.tables import tables

_ALTERED = "Not shown, because it is not as it was measured"


def block(attached: Attached, links: Mapping[str, str]) -> str:
    """The lowered block for a snippet: the verdicts, what they rest on, and where that comes from. `links` are addresses by their
    labels."""
    if isinstance(attached.job, BadSnippet):
        what = join((badge_of(attached), el("span", f"{attached.job.message}: {attached.job.help}.")), " ")
        return raw("results", el("p", what, class_="vc-head"), state="bad")
    name = f"vaultc-{attached.id}"
    if not attached.machines:
        parts = [el("p", badge_of(attached), " ", _how(attached.id), class_="vc-head"), _promises(attached)]
    elif len(attached.machines) == 1:
        on = attached.machines[0]
        figure = figures(on.run, f"{name}-0")
        parts = [
            _section(on, _head(attached, on), listed(attached.claims(on)), figure, _numbers(on), provenance(on.run))
        ]
    else:
        parts = _beside(attached, name)
    if over := _over_time(attached, name):
        parts.append(over)
    for title, broken in (("Not all of the record can be read", attached.unreadable), (_ALTERED, attached.altered)):
        if broken:
            parts.append(_lines(title, broken))
    anchors = [el("a", label, href=address) for label, address in links.items()]
    parts.append(el("p", join(anchors, " · "), class_="vc-links", data_search_exclude=True))
    return raw("results", join(parts, "\n"), state=attached.state, id=f"vaultc-results-{attached.id}")


def _beside(attached: Attached, name: str) -> list[Markup]:
    """Several machines: a column for each in the table of verdicts and below it, then the numbers of one after the other."""
    machines = attached.machines
    columns = [
        _section(on, _head(attached, on), figures(on.run, f"{name}-{index}")) for index, on in enumerate(machines)
    ]
    parts = [compared(attached), el("div", join(columns, "\n"), class_="vc-machines")]
    measured = [on.run for on in machines if on.state in ("ok", "older-environment") and on.run.points]
    if len(measured) > 1 and (together := overlay(measured, f"{name}-all")):
        parts.append(_folded(f"{len(measured)} machines on one plot", together, "vc-overlay"))
    for on in machines:
        label = el("p", el("strong", one_line(on.machine.label, 120), class_="vc-machine"), class_="vc-head")
        parts.append(_section(on, label, _numbers(on), provenance(on.run)))
    return parts


def _over_time(attached: Attached, name: str) -> Markup:
    """The plots of those machines that measured this more than once."""
    plots = [(on, over_time(on.runs, f"{name}-{index}-then")) for index, on in enumerate(attached.machines)]
    drawn = [(on, plot) for on, plot in plots if plot]
    if not drawn:
        return Markup("")
    several = len(attached.machines) > 1
    parts = [
        join((el("p", one_line(on.machine.label, 120), class_="vc-remark") if several else "", plot))
        for on, plot in drawn
    ]
    runs = words.count(sum(len(on.runs) for on, _ in drawn), "run")
    return _folded(f"{runs} over time", join(parts, "\n"))


def _folded(summary: str, content: Markup, kind: str = "") -> Markup:
    return el(
        "details", el("summary", summary), content, class_=f"vc-provenance {kind}".strip(), data_search_exclude=True
    )


def badge_of(attached: Attached) -> Markup:
    """The state of a snippet that has no numbers."""
    return words.badge(*words.STATE[attached.state], attached.state)


def _how(name: str) -> Markup:
    return join(("Run it with ", el("code", f"vaultc bench run {name}"), "."))


def _promises(attached: Attached) -> Markup:
    return listed([Claim(text, "unmeasured") for text in attached.promised])


def _section(on: OnMachine, *parts: Markup) -> Markup:
    return el("section", join(parts, "\n"), class_="vc-run", data_state=on.state, data_status=on.run.status)


def _head(attached: Attached, on: OnMachine) -> Markup:
    """The machine, and what keeps its numbers from being taken at face value."""
    run = on.run
    label = el("strong", one_line(on.machine.label, 120), class_="vc-machine")
    badges = [join((" ", badge)) for badge in words.badges(run, on.state)]
    head = el("p", label, *badges, class_="vc-head")
    what = why = ""
    if on.state == "stale":
        what = "The code has changed since these numbers were measured. "
    elif on.state == "unmeasured":
        reason = words.STATUS[run.status][1] + (f": {one_line(run.message)}" if run.message else "")
        what = f"The last run was {words.STATUS[run.status][0]} ({reason}). "
    elif run.status not in MEASURED:
        why = f"{words.STATUS[run.status][0].capitalize()}: {one_line(run.message) or words.STATUS[run.status][1]}"
    if what:
        return join((head, el("p", what, _how(attached.id), class_="vc-remark")), "\n")
    return join((head, el("p", why, class_="vc-remark") if why else ""), "\n")


def _numbers(on: OnMachine) -> Markup:
    if not on.run.points:
        return Markup("")
    return join((tables(on.run), el("p", download(on.run), class_="vc-links", data_search_exclude=True)), "\n")


def _lines(what: str, lines: Sequence[tuple[str, UnreadableLine]]) -> Markup:
    said = [f"{one_line(file, 80)}, line {line.number}: {one_line(line.reason, 120)}" for file, line in lines[:5]]
    more = len(lines) - len(said)
    text = "; ".join(said) + (f"; and {more} more" if more else "")
    return el("p", f"{what}: ", text, class_="vc-remark", data_grave=True)
