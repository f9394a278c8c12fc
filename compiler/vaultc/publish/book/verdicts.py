"""Under a benchmark: what it claimed with what the numbers say, its plots and its tables."""

from vaultc.bench.records.attach import Attached, OnMachine
from vaultc.bench.records.model import Claim
from vaultc.bench.records.text import one_line
from vaultc.emit.results import words
from vaultc.emit.results.claims import word
from vaultc.emit.results.figures import drawn
from vaultc.emit.results.provenance import summary
from vaultc.emit.results.tables import tables
from vaultc.publish.book import ast
from vaultc.publish.book.ast import Node
from vaultc.publish.book.pictures import Pictures


def blocks(attached: Attached, listing: str, pictures: Pictures) -> list[Node]:
    """All that is known about a benchmark that can be run, machine by machine; `listing` is where the book has its code."""
    if not attached.machines:
        claims = tuple(Claim(text, "unmeasured") for text in attached.promised)
        return [_head(attached.id, listing, words.STATE[attached.state][0]), *_claims(claims)]
    out: list[Node] = []
    for index, on in enumerate(attached.machines):
        out += _machine(attached, on, f"{attached.id}-{index}", listing, pictures)
    return out


def _machine(attached: Attached, on: OnMachine, name: str, listing: str, pictures: Pictures) -> list[Node]:
    doubts = [str(badge.striptags()) for badge in words.badges(on.run, on.state)]
    out = [_head(attached.id, listing, one_line(on.machine.label, 120), *doubts), *_claims(attached.claims(on))]
    plots, caption = drawn(on.run, name)
    if plots:
        width = "49%" if len(plots) > 1 else "66%"
        images: list[Node] = []
        for plot in plots:
            images += [ast.image(pictures.plot(str(plot)), [], width=width), ast.node("Space")]
        out.append(ast.figure(images[:-1], ast.words(caption)))
    if on.run.points:
        out += [html(str(tables(on.run))), ast.node("Para", ast.words(str(summary(on.run).striptags())))]
    return out


def html(source: str) -> Node:
    """HTML, which the book reads as it reads that of notes."""
    return ast.node("RawBlock", ["html", source])


def _head(id: str, listing: str, *said: str) -> Node:
    name = ast.node("Strong", [*ast.words("Measured: "), ast.node("Code", [ast.attributes(), id])])
    return ast.node("Para", [ast.link([name], f"#{listing}"), *ast.words(f" · {' · '.join(said)}")])


def _claims(claims: tuple[Claim, ...]) -> list[Node]:
    if not claims:
        return []
    rows = [
        (
            ast.words(claim.text),
            [ast.node("Strong", ast.words(word(claim.verdict)))],
            ast.words(" ".join(filter(None, (claim.because, claim.doubt)))),
        )
        for claim in claims
    ]
    return [ast.table(("Left", "Left", "Left"), [ast.words(each) for each in ("Claim", "Verdict", "Because")], rows)]
