"""A note whose text is Python-Markdown already (`dialect = "material"`): only what the plan names is replaced."""

import textwrap

from vaultc.emit.lower import escape
from vaultc.emit.lower.blocks import folded
from vaultc.emit.lower.plan import Fold, Plan
from vaultc.parse.document import Document
from vaultc.text import Span, splice


def leave(document: Document, plan: Plan) -> tuple[str, list[str]]:
    """The note's body as it was written, but for the spans of the plan and the comments, which are gone; and the definitions of
    the footnotes that its embeds bring."""
    data, events = document.data, document.events
    footnotes: list[str] = []
    edits = [(span, "") for span in document.comments]
    edits += [
        (span, f'<span id="{name}" data-vaultc="block"></span>' if name else "") for span, name in plan.ids.items()
    ]
    edits += plan.tags.items()
    for i, (name, payload, start, end) in enumerate(events):
        if name == "+CodeBlock" and start in plan.folds:
            edits.append(_folded(data, start, end, plan.folds[start]))
        if name == "WikiLink":
            alone = (
                0 < i < len(events) - 1 and events[i - 1].name == "+Paragraph" and events[i + 1].name == "-Paragraph"
            )
            if alone and start in plan.blocks and data[start - 1 : start] in (b"", b"\n"):
                edits.append((Span(start, end), plan.blocks[start].strip("\n")))
                footnotes += plan.footnotes.get(start, ())
            elif start in plan.inline:
                new = plan.inline[start]
                edits.append((Span(start, end), escape.in_cell(new) if payload.escaped else new))
        elif name in ("+Link", "+Image"):
            if start in plan.inline:
                edits.append((Span(start, end), plan.inline[start]))
            elif start in plan.urls and payload["link_type"] not in ("Autolink", "Email"):
                tail = _label_end(document, i)
                edits.append((Span(tail, end), f"]({escape.url(plan.urls[start])}{escape.title(payload['title'])})"))
        elif name == "+Heading" and plan.anchors.get(start):
            line = data.find(b"\n", start)
            line = end if line < 0 else line
            text = data[start:line].rstrip()
            edits.append((Span(start + len(text), start + len(text)), f" {{#{plan.anchors[start]}}}"))
    kept: list[tuple[Span, str]] = []
    for span, new in sorted(edits):
        if span.start >= document.body and (not kept or kept[-1][0].end <= span.start):
            kept.append((span, new))
    return splice(data, kept)[document.body :].decode("utf-8", "replace"), footnotes


def _folded(data: bytes, start: int, end: int, fold: Fold) -> tuple[Span, str]:
    """What stands for a code block. Where its first line holds more than its fence, as behind the marker of an item, it stays
    open, and what would precede it follows."""
    end = _line_end(data, end)
    line = data.rfind(b"\n", 0, start) + 1
    around = data[line:start].decode("utf-8", "replace")
    if around.strip():
        return Span(end, end), f"\n\n{fold.before.strip()}\n"
    code = data[line:end].decode("utf-8", "replace")
    made = folded(fold, "\n".join(each.removeprefix(around) for each in code.split("\n")))
    return Span(line, end), "\n" + textwrap.indent(f"{fold.before.strip()}\n\n{made}", around) + "\n"


def _line_end(data: bytes, at: int) -> int:
    """Where the last line before `at` ends."""
    return len(data[:at].rstrip(b"\r\n"))


def _label_end(document: Document, i: int) -> int:
    """Where the bracket that closes the label of the link at event `i` stands."""
    events = document.events
    depth, last = 0, events[i].start + (2 if events[i].name == "+Image" else 1)
    for event in events[i:]:
        depth += (event.name[0] == "+") - (event.name[0] == "-")
        if not depth:
            break
        if event is not events[i]:
            last = max(last, event.end)
    found = document.data.find(b"]", last, events[i].end)
    return found if found >= 0 else last
