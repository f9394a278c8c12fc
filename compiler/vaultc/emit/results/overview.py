"""The pages about measurements: all of them, the ledger of claims."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.jobs import BadSnippet
from vaultc.bench.records.model import GRAVE, Claim, Verdict
from vaultc.bench.records.text import one_line
from vaultc.emit.markup import el, join, raw, void
from vaultc.emit.results import claims, words

MOST_CHOICES = 24
"""Values of one filter that the style knows; what comes after them shares the last."""


class Filter:
    """Radio buttons of one kind. The style hides the rows that do not have the chosen value: no script is needed."""

    def __init__(self, name: str, label: str, values: Iterable[str]) -> None:
        self.name, self.label = name, label
        found = sorted(dict.fromkeys(values), key=str.casefold)
        self._numbers = {value: str(min(index, MOST_CHOICES - 1)) for index, value in enumerate(found)}

    def numbers(self, values: Iterable[str]) -> str:
        """What a row's attribute says for these values."""
        return " ".join(dict.fromkeys(self._numbers[value] for value in values))

    def render(self) -> Markup:
        """The buttons; nothing where there is nothing to choose."""
        if len(self._numbers) < 2:
            return Markup("")
        shown: dict[str, str] = {}
        for value, number in self._numbers.items():
            shown[number] = "others" if number in shown else value
        buttons = [self._button("", "all"), *(self._button(number, label) for number, label in shown.items())]
        return el("fieldset", el("legend", self.label), join(buttons, "\n"), class_="vc-filter")

    def _button(self, number: str, label: str) -> Markup:
        button = void("input", type="radio", name=self.name, value=number, checked=not number, autocomplete="off")
        return el("label", button, el("span", label))


def measured(
    found: Sequence[Attached], topics: Mapping[str, Sequence[str]], titles: Mapping[str, str], links: "Links"
) -> str:
    """All benchmarks, one row for each machine class. `topics` and `titles` are by note."""
    rows: list[tuple[Attached, OnMachine | None]] = [(a, on) for a in found for on in (a.machines or (None,))]
    by_status = Filter("status", "Status", (status(a, on) for a, on in rows))
    by_machine = Filter("machine", "Machine", (machine(on) for _, on in rows))
    by_topic = Filter("topic", "Topic", (topic for a, _ in rows for topic in topics[a.note]))
    lines = []
    for attached, on in rows:
        name = el("code", attached.id or "no id")
        cells = [
            el("th", el("a", name, href=links.block(attached)), scope="row"),
            el("td", el("a", titles[attached.note], href=links.note(attached.note))),
            el("td", machine(on)),
            el("td", _state(attached, on)),
            el("td", claims.tally(attached, on) if on else _promised(attached)),
            el("td", _when(attached, on, links)),
        ]
        lines.append(
            el(
                "tr", join(cells, " "), data_status=by_status.numbers([status(attached, on)]), data_machine=by_machine.numbers([machine(on)]),
                data_topic=by_topic.numbers(topics[attached.note]),
            )
        )  # fmt: skip
    head = _head("Benchmark", "Note", "Machine", "State", "Claims", "Last run")
    filters = el(
        "form",
        by_status.render(),
        by_machine.render(),
        by_topic.render(),
        class_="vc-filters",
        data_search_exclude=True,
    )
    return raw("measured", join((filters, _scroll(head, lines)), "\n"))


def ledger(found: Sequence[Attached], titles: Mapping[str, str], links: "Links") -> str:
    """Every claim of every benchmark with its verdicts, those that were refuted first."""
    entries: list[tuple[Attached, OnMachine | None, Claim]] = []
    for attached in found:
        entries += [(attached, on, claim) for on in attached.machines for claim in attached.claims(on)]
        if not attached.machines:
            entries += [(attached, None, Claim(text, "unmeasured")) for text in attached.promised]
    order: tuple[Verdict, ...] = ("refuted", "undecided", "unmeasured", "confirmed")
    entries.sort(key=lambda entry: order.index(entry[2].verdict))
    by_verdict = Filter("status", "Verdict", (claims.word(claim.verdict) for _, _, claim in entries))
    by_machine = Filter("machine", "Machine", (machine(on) for _, on, _ in entries))
    lines = []
    for attached, on, claim in entries:
        said = join(
            (
                el("span", claim.text, class_="vc-claim"),
                claims.reason(claim),
            ),
            " ",
        )
        state = (
            words.badge(*words.STATE[on.state], on.state) if on and on.state in ("stale", "older-environment") else ""
        )
        cells = [
            el("td", join((claims.verdict(claim), state), " ")),
            el("td", said),
            el("td", el("a", titles[attached.note], href=links.block(attached))),
            el("td", machine(on)),
            el("td", el("time", words.date(on.run.started)) if on else ""),
        ]
        lines.append(
            el(
                "tr", join(cells, " "), data_status=by_verdict.numbers([claims.word(claim.verdict)]), data_machine=by_machine.numbers([machine(on)]),
                data_state=on.state if on else None,
            )
        )  # fmt: skip
    if not lines:
        return raw("ledger", el("p", "No benchmark claims anything yet."))
    counts = Counter[str](
        "stale" if on and on.state == "stale" else claims.word(claim.verdict) for _, on, claim in entries
    )
    tally = ", ".join(f"{counts[word]} {word}" for word in (*map(claims.word, order), "stale") if counts[word])
    head = _head("Verdict", "Claim", "Note", "Machine", "Measured")
    filters = el("form", by_verdict.render(), by_machine.render(), class_="vc-filters", data_search_exclude=True)
    return raw("ledger", join((el("p", tally, class_="vc-head"), filters, _scroll(head, lines)), "\n"))


class Links:
    """Addresses in one generated page."""

    def __init__(self, notes: Mapping[str, str], histories: Mapping[str, str]) -> None:
        self._notes, self._histories = notes, histories

    def note(self, path: str) -> str:
        """A note's page."""
        return self._notes[path]

    def block(self, attached: Attached) -> str:
        """The place in the note where the results stand."""
        return self._notes[attached.note] + (f"#vaultc-results-{attached.id}" if attached.id else "")

    def history(self, attached: Attached) -> str:
        """The page with all runs of a benchmark."""
        return self._histories[attached.id]


def status(attached: Attached, on: OnMachine | None) -> str:
    """One word for the filter: how far the result holds, else what became of the run."""
    if on is None or on.state in ("stale", "unmeasured", "older-environment"):
        return words.STATE[on.state if on else attached.state][0]
    if any(flag in GRAVE for point in on.run.points for flag in point.flags):
        return "to be doubted"
    return words.STATUS[on.run.status][0]


def machine(on: OnMachine | None) -> str:
    """The machine class, as the filter names it."""
    return one_line(on.machine.label, 80) if on else "no machine yet"


def _state(attached: Attached, on: OnMachine | None) -> Markup:
    if on is None:
        detail = el("span", attached.job.message, class_="vc-because") if isinstance(attached.job, BadSnippet) else ""
        return join((words.badge(*words.STATE[attached.state], attached.state), detail), " ")
    return join(words.badges(on.run, on.state), " ") or el("span", "ok", class_="vc-ok")


def _promised(attached: Attached) -> str:
    return f"{len(attached.promised)} unmeasured" if attached.promised else ""


def _when(attached: Attached, on: OnMachine | None, links: Links) -> Markup:
    if on is None:
        return Markup("")
    runs = words.count(len(on.runs), "run")
    return join((el("time", words.date(on.run.started)), el("a", runs, href=links.history(attached))), " · ")


def _head(*titles: str) -> Markup:
    return el("tr", join((el("th", title, scope="col") for title in titles), " "))


def _scroll(head: Markup, lines: Sequence[Markup]) -> Markup:
    table = el("table", el("thead", head), el("tbody", join(lines, "\n")), class_="vc-table vc-list")
    return el("div", table, class_="vc-scroll", tabindex="0")
