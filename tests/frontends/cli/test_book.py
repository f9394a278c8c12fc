"""`vaultc book` makes a document that its engine takes: every reference leads somewhere, and what notes say is text in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.frontends.cli.conftest import Run

typst: Any = pytest.importorskip("typst", reason="missing tool: the extra `book`")
pytest.importorskip("pypandoc", reason="missing tool: the extra `book`")

ROOT = Path(__file__).parents[3]
ODD = 'A "quoted" #title_ with $5$, *stars*, <c1>, @ref, \\n, [x], `tick` & // no comment'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090 7753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082".replace(
        " ", ""
    )
)
NOTES: Mapping[str, str] = {
    "Order.md": (
        "---\nsummary: All of it\n---\nSee [[Three]] first.\n\n## 1. Begin\n\nAn opening.\n\n- [[One]]\n- [[Two|the second]], [[Secret]]\n\n"
        "## 2. End\n\n1. [[Three#Part]], [[One]], [[Gone]]\n\n> [!tip] Read *on*\n> In [[Papers]]\n"
    ),
    "One.md": (
        f"---\ntitle: {json.dumps(ODD)}\n---\nText $x^2$ and ==marked==[^1], see [[Two#Deep]], [[Three^b|block]], [[Three#^b]], [[Papers#^p1]], "
        "[a paper](Papers.md#^p1), [[Papers]], [[Secret]], [[Secret|words]] and https://example.org/a_b.\n\n"
        "[^1]: A note with [[Two]].\n\n![[Two#Deep]]\n\n![[dot.png|40]] ![[broken.png]] ![there](https://example.org/x.png)\n\n%% hidden %%\n"
    ),
    "Two.md": "# Two\n\n## Deep\n\nInside.\n\n| a | b |\n|---|--:|\n| `x` | [[One\\|y]] |\n\n```python\nprint('#x')\n```\n\n- [ ] open\n  - [x] done\n",
    "Three.md": "A block. ^b\n\n# Part\n\n<div>raw <b>bold</b><script>alert(1)</script></div>\n\nH<sub>2</sub>O<br>\n\n$$\n\\frac{a}{b}\n$$\n",
    "Papers.md": "- **First** 2020, *Title*, cites [[#^p2]]. ^p1\n- **Second** 2021. ^p2\n- **Third**, not cited. ^p3\n",
    "Secret.md": "---\npublish: false\n---\n# Hidden title\n\nhidden text\n",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    root.mkdir()
    for name, text in NOTES.items():
        (root / name).write_text(text, encoding="utf-8")
    (root / "dot.png").write_bytes(PNG)
    (root / "broken.png").write_text("no picture")
    return root


def compiled(source: Path) -> bytes:
    """The pages, made without a warning: a link to a label that is not there is an error of Typst's."""
    pdf, warnings = typst.compile_with_warnings(source, root=source.parent)
    assert [warning.message for warning in warnings] == []
    assert isinstance(pdf, bytes)
    return pdf


def headings(source: Path) -> list[tuple[int, str]]:
    """Level and words of each heading, as Typst sees them."""
    found = json.loads(typst.query(source, "heading", root=source.parent))
    return [(each["level"], words(each["body"])) for each in found]


def words(content: object) -> str:
    if isinstance(content, list):
        return "".join(map(words, content))
    if not isinstance(content, dict):
        return ""
    if content.get("func") in ("space", "linebreak"):
        return " "
    return str(content.get("text", "")) + "".join(words(content.get(key)) for key in ("children", "body", "child"))


def test_chapters_follow_the_lists_under_the_headings_of_the_order(run: Run, vault: Path, tmp_path: Path) -> None:
    done = run("book", vault / "Order.md", "--output", tmp_path / "o.typ")
    assert "3 chapters" in done.stderr
    compiled(tmp_path / "o.typ")
    found = headings(tmp_path / "o.typ")
    assert [text for level, text in found if level == 1] == ["Contents", "Begin", "End", "References"]
    assert [text for level, text in found if level == 2] == [ODD, "Two", "Three"]


def test_links_lead_to_chapters_and_references_or_are_words(run: Run, vault: Path, tmp_path: Path) -> None:
    run("book", vault / "Order.md", "--output", tmp_path / "o.typ")
    source = (tmp_path / "o.typ").read_text(encoding="utf-8")
    targets = re.findall(r"#link\(<([\w-]+)>\)", source)
    assert {"c1", "c2-h1", "c3", "c3-b0", "r1", "r2"} <= set(targets)
    assert "not cited" not in source
    assert r"[\[1\]]" in source
    compiled(tmp_path / "o.typ")


def test_nothing_private_is_in_a_book(run: Run, vault: Path, tmp_path: Path) -> None:
    for name in ("o.typ", "o.tex"):
        run("book", vault / "Order.md", "--output", tmp_path / name)
        source = (tmp_path / name).read_text(encoding="utf-8")
        assert not re.search(r"secret|hidden|alert\(", source, re.IGNORECASE), name
        assert "words" in source
    assert "not published" in run("book", vault / "Secret.md", status=2).stderr


def test_pictures_lie_beside_the_source_and_in_the_pdf(run: Run, vault: Path, tmp_path: Path) -> None:
    run("book", vault / "Order.md", "--output", tmp_path / "my book.typ")
    shown = sorted(path.name for path in (tmp_path / "my-book-files").iterdir())
    assert shown == ["picture-1.png"]
    assert "broken.png" in (tmp_path / "my book.typ").read_text(encoding="utf-8")
    run("book", vault / "Order.md", cwd=tmp_path)
    assert (tmp_path / "Order.pdf").read_bytes().startswith(b"%PDF-")
    assert not (tmp_path / "Order-files").exists()


TITLES = (
    ODD,
    '#panic("x")',
    "] #panic() [",
    "= Heading <label>",
    "/* comment",
    "\\input{/etc/passwd} \\end{document} %",
    "$#panic()$",
    "`` #panic() ``",
    "http://a.b/#x // y",
    '#import "@preview/x:1.0.0"',
    "- + / 1. ~ -- --- ...",
    "\\end{verbatim} \\input{/etc/passwd}",
    "/ term",
    "1. one",
    "== two",
)


def test_titles_are_words(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    listed = []
    for at, title in enumerate(TITLES):
        front = f"---\ntitle: {json.dumps(title)}\n---\n"
        body = f"> [!note] {title}\n> {title}\n\n- {title}\n\n~~~\n{title}\n~~~\n\n*{title}*[^1]\n\n[^1]: {title}\n"
        table = f"| {title} | b |\n|---|---|\n| {title} | c |\n"
        (root / f"N{at}.md").write_text(f"{front}{body}\n{table}")
        label = title.replace("[", "").replace("]", "")
        listed.append(f"- [[N{at}]], [[N{at}|{label}]]\n\n# {title}\n")
    (root / "Order.md").write_text(
        f"---\ntitle: {json.dumps(ODD)}\nsummary: {json.dumps(ODD)}\n---\n" + "\n".join(listed)
    )
    run("book", root / "Order.md", "--output", tmp_path / "o.typ")
    compiled(tmp_path / "o.typ")
    found = [text.replace("…", "...") for _, text in headings(tmp_path / "o.typ")]
    assert [title for title in TITLES if title not in found] == []
    run("book", root / "Order.md", "--output", tmp_path / "o.tex")
    tex = (tmp_path / "o.tex").read_text(encoding="utf-8")
    said = re.sub(r"\\begin\{(verbatim\*?)\}.*?\\end\{\1\}", "", tex, flags=re.DOTALL)
    assert "\\input{/etc" not in said
    assert said.count("\\end{document}") == 1


FORMULAS = (
    r"\input{/etc/passwd}",
    r"\text{\input{/etc/passwd}}",
    r'\text{"#panic("x")}',
    r"\operatorname{#panic()}",
    r'\mathrm{a"b}',
    r"a % b",
    r"\unknown{x}",
    r"\frac{1",
    r"\def\x{1}\x",
    r"\) \input{x} \(",
    r"\text{] #panic() [}",
)


def test_formulas_are_formulas(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    text = "\n\n".join(f"Text with ${each}$ and\n\n$$\n{each}\n$$\n\n# ${each}$" for each in FORMULAS)
    (root / "Order.md").write_text(f"$a^2$\n\n{text}\n")
    done = run("book", root / "Order.md", "--output", tmp_path / "o.typ")
    assert "formulas are shown as TeX" in done.stderr
    compiled(tmp_path / "o.typ")
    run("book", root / "Order.md", "--output", tmp_path / "o.tex")
    tex = (tmp_path / "o.tex").read_text(encoding="utf-8").partition("\\begin{document}")[2]
    assert r"\(a^2\)" in tex
    assert not re.search(r"\\(input|def)(?![a-z])", tex)


def test_what_follows_an_element_is_no_part_of_it(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    after = ("(x)", "[x]", ".x", ".x(y)", ";", "{x}", "<c1>", "@c1", "#x", "-", "\\")
    elements = (
        "*a*",
        "**a**",
        "~~a~~",
        "`a`",
        "$a$",
        "[a](https://x.org)",
        "[[A]]",
        "==a==",
        "![[dot.png]]",
        "b<sub>a</sub>",
        "[^1]",
        "[[P#^p]]",
    )
    lines = "\n\n".join(f"{element}{sign}" for element in elements for sign in after)
    (root / "dot.png").write_bytes(PNG)
    (root / "P.md").write_text("Paper. ^p\n")
    (root / "A.md").write_text(f"# A\n\n{lines}\n\n[^1]: note\n\n- = x\n- / x\n- + + x\n")
    (root / "Order.md").write_text(f"# Order\n\n- [[A]]\n\n{lines}\n\n[^1]: note\n")
    run("book", root / "Order.md", "--output", tmp_path / "o.typ")
    compiled(tmp_path / "o.typ")


def test_labels_of_latex_are_there(run: Run, vault: Path, tmp_path: Path) -> None:
    run("book", vault / "Order.md", "--format", "latex", "--output", tmp_path / "o.tex")
    tex = (tmp_path / "o.tex").read_text(encoding="utf-8")
    used = set(re.findall(r"\\(?:hyperref\[|ref\{)([\w-]+)[\]}]", tex))
    named = re.findall(r"\\label\{([\w-]+)\}", tex)
    assert used
    assert used <= set(named)
    assert len(named) == len(set(named))


def test_russian_and_english_are_hyphenated_in_one_paragraph(run: Run, vault: Path, tmp_path: Path) -> None:
    run("book", vault / "Order.md", "--output", tmp_path / "o.typ")
    probe = "".join(
        f"#context [#metadata(measure(width: 2.5cm, text(hyphenate: {on})[{text}]).height.pt()) <p{at}{on}>]\n"
        for at, text in enumerate(
            ("достопримечательностями высокопроизводительный", "internationalisation misunderstandings")
        )
        for on in ("true", "false")
    )
    (tmp_path / "probe.typ").write_text((tmp_path / "o.typ").read_text(encoding="utf-8") + probe, encoding="utf-8")

    def height(name: str) -> float:
        found = json.loads(typst.query(tmp_path / "probe.typ", f"<{name}>", field="value", one=True, root=tmp_path))
        return float(found)

    for at in (0, 1):
        assert height(f"p{at}true") > height(f"p{at}false") > 0


def test_a_book_takes_no_file_of_the_vault_and_no_folder_s_place(run: Run, vault: Path, tmp_path: Path) -> None:
    (vault / "Two.pdf").write_text("an attachment")
    (vault / "Attached.md").write_text("![[Two.pdf]]\n")
    assert "belongs to the vault" in run("book", "Two", cwd=vault, status=2).stderr
    assert (vault / "Two.pdf").read_text() == "an attachment"
    assert "belongs to the vault" in run("book", "Two", "--output", vault / "One.md", status=2, cwd=vault).stderr
    run("book", "Two", "--output", "Mine.typ", cwd=vault)
    run("book", "Two", "--output", "Mine.typ", cwd=vault)
    for wrong in (tmp_path / "none" / "x.typ", tmp_path):
        assert run("book", vault / "Order.md", "--output", wrong, status=2).stderr


def test_what_is_nested_without_end_is_set_or_refused(run: Run, tmp_path: Path) -> None:
    deep = {
        "quote": ">" * 300 + " quote",
        "list": "".join("  " * at + "- item\n" for at in range(150)),
        "emphasis": "*a **b " * 300 + "x" + "** *" * 300,
        "html": "<sub>" * 500 + "x\n\n" + "<div>" * 500 + "y",
        "formula": "$$\n" + r"\frac{" * 200 + "1" + "}{2}" * 200 + "\n$$",
        "embed": "![[Deep]]\n\n" * 50,
    }
    (tmp_path / "Deep.md").write_text("\n\n".join(deep.values()) + "\n")
    run("book", tmp_path / "Deep.md", "--output", tmp_path / "o.pdf")
    assert (tmp_path / "o.pdf").read_bytes().startswith(b"%PDF-")
    (tmp_path / "deep.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">' + "<g>" * 100_000 + "</g>" * 100_000 + "</svg>"
    )
    (tmp_path / "Shown.md").write_text("![[deep.svg]] and words\n")
    run("book", tmp_path / "Shown.md", "--output", tmp_path / "s.pdf")


def test_without_the_extra_it_says_what_to_install(run: Run, vault: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    missing.mkdir()
    (missing / "pypandoc.py").write_text("raise ImportError('no')\n")
    said = run("book", vault / "Order.md", status=2, env={"PYTHONPATH": str(missing)}).stderr
    assert said.count("\n") == 1
    assert "pip install 'vaultc[book]'" in said


def test_a_note_that_links_to_none_is_a_book_of_itself(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Alone.md").write_text("# Alone\n\nWords.\n")
    assert "0 chapters" in run("book", tmp_path / "Alone.md", "--output", tmp_path / "a.typ").stderr
    assert "Words." in (tmp_path / "a.typ").read_text(encoding="utf-8")
    compiled(tmp_path / "a.typ")


def test_the_deep_dive_has_seven_sections_and_no_broken_reference(run: Run, tmp_path: Path) -> None:
    done = run("book", ROOT / "vault" / "Deep dive.md", "--output", tmp_path / "o.typ")
    assert done.stderr.count("\n") == 1, done.stderr
    compiled(tmp_path / "o.typ")
    found = headings(tmp_path / "o.typ")
    sections = [text for level, text in found if level == 1]
    assert sections[1:8] == [
        "Kinds of memory",
        "The limit of context",
        "What takes the memory",
        "No long-term memory",
        "Engineering",
        "In practice",
        "Directions",
    ]
    assert sections[8:] == ["Code of the measurements", "References"]
    source = (tmp_path / "o.typ").read_text(encoding="utf-8")
    listed = (ROOT / "vault" / "Deep dive.md").read_text(encoding="utf-8").split("## 1.")[1].split("Beside the path")[0]
    assert sum(level == 2 for level, _ in found) >= len(set(re.findall(r"\[\[([^]|#]+)", listed)))
    assert "plot-" in source
    assert "table.header([Claim], [Verdict], [Because],)" in source
