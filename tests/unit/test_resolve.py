"""What a link means: parts of notes, definitions, what is hidden, and what is suggested for a name that nothing has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from vaultc import pipeline
from vaultc.config import Config, Project
from vaultc.parse import parse
from vaultc.resolve import Ambiguous, Resolution, Resolved, Unresolved
from vaultc.scan import Scan, is_note, source_file

HOST = "a/host.md"
NOTE = "# One\n\n# One\n\n## Sub *part*\n\ntext ^id\n\n<i id='own'></i>\n"


def meanings(text: str, *paths: str, hidden: tuple[str, ...] = (), **texts: str) -> tuple[Resolution, ...]:
    """What the links of a note in the folder `a` mean, in a vault of these other files."""
    files = {**dict.fromkeys(paths, ""), **{f"{name}.md": content for name, content in texts.items()}, HOST: text}
    return linked(files, hidden)[HOST]


def linked(files: Mapping[str, str], hidden: tuple[str, ...] = ()) -> Mapping[str, tuple[Resolution, ...]]:
    sources = tuple(source_file(path, content.encode()) for path, content in sorted(files.items()) if is_note(path))
    assets = tuple(path for path in sorted(files) if not is_note(path))
    scan = Scan(sources, assets, hidden, ())
    project = Project(Path("/nowhere"), Config())
    return pipeline.link(project, scan, lambda every: [parse(source) for source in every]).links


def suggested(link: str, *paths: str) -> tuple[str, ...]:
    [meaning] = meanings(link, *paths)
    assert isinstance(meaning, Unresolved)
    return meaning.suggestions


@pytest.mark.parametrize(
    ("link", "part", "anchor"),
    [
        ("[[n]]", "whole", ""),
        ("[[n#]]", "whole", ""),
        ("[[n#One]]", "heading", "one"),
        ("[[n#One#Sub part]]", "heading", "sub-part"),
        ("[[n # sub part ]]", "heading", "sub-part"),
        ("[[n#^id]]", "block", "^id"),
        ("[[n#Sub part#^id]]", "block", "^id"),
        ("[[n#own]]", "id", "own"),
        ("[x](n.md#one_1)", "heading", "one_1"),
        ("[x](../n.md#own)", "id", "own"),
        ("![[n#^id]]", "block", "^id"),
    ],
)
def test_a_part_of_a_note(link: str, part: str, anchor: str) -> None:
    assert meanings(link, n=NOTE) == (Resolved("n.md", "note", "name", part, anchor),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("link", "missing", "name", "suggestions"),
    [
        ("[[n#On]]", "heading", "On", ("One",)),
        ("[[n#^zz]]", "block", "^zz", ()),
        ("[[n#^idd]]", "block", "^idd", ("^id",)),
        ("[[n#One#^gone]]", "heading", "One#^gone", ()),
        ("[[n#one_1]]", "heading", "one_1", ("One",)),
        ("[[n#nothing like it]]", "heading", "nothing like it", ()),
    ],
)
def test_a_part_that_is_not_there(link: str, missing: str, name: str, suggestions: tuple[str, ...]) -> None:
    assert meanings(link, n=NOTE) == (Unresolved(missing, name, "n.md", suggestions),)  # type: ignore[arg-type]


def test_parts_of_the_note_itself_and_names_that_begin_like_one() -> None:
    assert meanings("# Head\n\n[[#Head]]") == (Resolved(HOST, "note", "name", "heading", "head"),)
    assert meanings("# x\n\n[[#x]]", "#x.md") == (Resolved("#x.md", "note"),)
    assert meanings("[[C#]] [[C#x]]", "C#.md", C="# x\n") == (
        Resolved("C#.md", "note"),
        Resolved("C.md", "note", "name", "heading", "x"),
    )


@pytest.mark.parametrize("last", ["c/host.md", "0/host.md"])
def test_the_same_words_mean_the_note_beside_them(last: str) -> None:
    hosts = ["a/host.md", "b/host.md", last]
    found = linked({**dict.fromkeys(["a/n.md", "b/n.md"], ""), **dict.fromkeys(hosts, "[[n]]")})
    assert [found[host] for host in hosts[:2]] == [(Resolved("a/n.md", "note"),), (Resolved("b/n.md", "note"),)]
    assert found[last] == (Ambiguous(Resolved("a/n.md", "note"), ("a/n.md", "b/n.md")),)


@pytest.mark.parametrize("last", ["c/host.md", "0/host.md"])
def test_a_hash_of_a_folder_s_name_counts_in_its_own_folder_only(last: str) -> None:
    """Elsewhere the same words mean a heading, whoever is asked first."""
    hosts = ["a/host.md", "b/host.md", last]
    found = linked({"C.md": "# x\n", "b/C#x/y.md": "", **dict.fromkeys(hosts, "[[C#x]]")})
    assert found["b/host.md"] == (Resolved("b/C#x/", "folder", "folder"),)
    assert found["a/host.md"] == found[last] == (Resolved("C.md", "note", "name", "heading", "x"),)


@pytest.mark.parametrize(
    ("link", "anchor"), [("one-1", "one_1"), ("One_1", "one_1"), ("o-ne", "one"), ("one-0", "one"), ("one-2", None), ("sub-part-1", None)]
)  # fmt: skip
def test_an_anchor_as_another_generator_writes_it(link: str, anchor: str | None) -> None:
    [meaning] = meanings(f"[x](../n.md#{link})", n=NOTE)
    if anchor:
        assert meaning == Resolved("n.md", "note", "name", "heading", anchor)
    else:
        assert isinstance(meaning, Unresolved)


def test_a_definition_is_looked_for_beside_the_note_as_markdown_does() -> None:
    assert meanings("[[d]]\n\n[d]: n.md", "n.md", "a/n.md")[0] == Resolved("a/n.md", "note", "definition")


def test_a_link_in_the_front_matter_is_no_markdown_link() -> None:
    text = '---\nup: "[[n#one_1]]"\n---\n[x](../n.md#one_1)\n'
    assert [type(meaning) for meaning in meanings(text, n=NOTE)] == [Unresolved, Resolved]


def test_where_some_name_holds_a_hash_others_are_cut_all_the_same() -> None:
    assert meanings("[[C#gone]] [[nowhere]]", "C#.md", C="# x\n") == (
        Unresolved("heading", "gone", "C.md"),
        Unresolved("note", "nowhere"),
    )


def test_a_folder_of_any_name_is_looked_for_beside_the_note_first() -> None:
    assert meanings("[[(b)/n]]", "a/(b)/n.md", "c/(b)/n.md") == (Resolved("a/(b)/n.md", "note"),)


def test_a_folder_means_one_note_however_many_are_spelled_so() -> None:
    [meaning] = meanings("[[b/]]", "b/index.md", "b/Index.md")
    assert isinstance(meaning, Resolved) and meaning.via == "folder"


@pytest.mark.parametrize("last", ["c/host.md", "0/host.md"])
def test_another_name_of_a_note_means_the_folder_beside_the_link(last: str) -> None:
    hosts = ["a/host.md", "b/host.md", last]
    found = linked({"n.md": "---\naliases: [X]\n---\n", "b/X/y.md": "", **dict.fromkeys(hosts, "[[X]]")})
    assert found["b/host.md"] == (Resolved("b/X/", "folder", "folder"),)
    assert found["a/host.md"] == found[last] == (Resolved("n.md", "note", "alias"),)


def test_names_in_two_folders_are_two_however_they_are_spelled() -> None:
    [meaning] = meanings("[[N]]", "c/n.md", "b/N.md")
    assert meaning == Ambiguous(Resolved("b/N.md", "note"), ("b/N.md", "c/n.md"))


def test_the_part_of_one_of_several_notes() -> None:
    [meaning] = meanings("[[n#x]]", "c/n.md", "b/n.md")
    assert meaning == Ambiguous(Unresolved("heading", "x", "b/n.md"), ("b/n.md", "c/n.md"))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("[[d]]\n\n[d]: ../n.md", Resolved("n.md", "note", "definition")),
        ("[[D]]\n\n[d]: <../n.md#own>", Resolved("n.md", "note", "definition", "id", "own")),
        ("[[d]]\n\n[d]: ../n%2Emd\n[d]: ../p.png", Resolved("n.md", "note", "definition")),
        ("[[d]]\n\n[d]: ../p.png", Resolved("p.png", "asset", "definition")),
        ("[[d]]\n\n[d]: ../../n.md", Unresolved("note", "d")),
        ("[[d]]\n\n[d]: https://example.org", Unresolved("note", "d")),
        ("![[d]]\n\n[d]: ../n.md", Unresolved("note", "d")),
        ("[[n]]\n\n[n]: ../p.png", Resolved("n.md", "note")),
    ],
)
def test_a_link_whose_text_the_note_defines(text: str, meaning: Resolution) -> None:
    assert meanings(text, "p.png", n=NOTE)[0] == meaning


@pytest.mark.parametrize(
    ("link", "missing"),
    [("[[gone]]", "note"), ("![[gone]]", "note"), ("![[gone.png]]", "asset"), ("![](gone)", "asset"), ("[[gone.PDF]]", "asset"),
     ("[[gone.v2]]", "note"), ("[x](gone.md)", "note"), ("[[../../gone]]", "outside")],
)  # fmt: skip
def test_what_kind_of_file_is_missing(link: str, missing: str) -> None:
    [meaning] = meanings(link)
    assert isinstance(meaning, Unresolved) and meaning.missing == missing


@pytest.mark.parametrize(
    ("link", "name"), [("[[gone#part]]", "gone"), ("[[b/gone]]", "b/gone"), ("[x](gone.md#part)", "gone.md")]
)
def test_what_is_missing_is_named_without_its_part(link: str, name: str) -> None:
    assert meanings(link) == (Unresolved("note", name),)


def test_a_file_that_is_hidden_is_there() -> None:
    assert meanings("[[left out]]", hidden=("x/left out.md",)) == (Resolved("x/left out.md", "hidden"),)


@pytest.mark.parametrize(
    ("link", "paths", "hidden"),
    [
        ("[[../left]]", ["left.md", "0/left.md"], "left.md"),
        ("[[./left]]", ["0/left.md", "a/left.md"], "a/left.md"),
        ("[[./left]]", ["left.md", "b/left.md"], None),
        ("[x](left.md)", ["0/left.md", "a/left.md"], "a/left.md"),
        ("[x](left.md)", ["b/left.md"], "b/left.md"),
        ("[[left]]", ["0/left.md", "a/left.md"], "a/left.md"),
        ("[[left]]", ["left.md", "a/left.md"], "left.md"),
        ("[[/c/left/]]", ["0/c/left.md", "c/left.md"], "c/left.md"),
        ("[[LEFT.md]]", ["x/y/left.md"], "x/y/left.md"),
        ("[[y/left]]", ["y/b/left.md", "x/y/left.md"], "x/y/left.md"),
    ],
)
def test_of_hidden_files_the_nearest_is_meant(link: str, paths: list[str], hidden: str | None) -> None:
    [meaning] = meanings(link, hidden=tuple(paths))
    if hidden:
        assert meaning == Resolved(hidden, "hidden")
    else:
        assert isinstance(meaning, Unresolved)


@pytest.mark.parametrize(
    ("link", "paths", "names"),
    [
        ("[[atention]]", ["Attention.md", "Memory.md"], ("Attention",)),
        ("[[abc.md]]", ["abce.md"], ("abce",)),
        ("[[cache memory]]", ["Memory cache.md"], ("Memory cache",)),
        ("[[ring attention]]", ["Ring attention on many machines.md"], ("Ring attention on many machines",)),
        (
            "[[ring attention]]",
            ["Ring attention on many machines.md", "king mention.md"],
            ("Ring attention on many machines", "king mention"),
        ),
        ("[[x/atention]]", ["b/Attention.md"], ("Attention",)),
        ("[[noteb]]", ["note1.md", "note2.md", "note3.md", "note4.md"], ("note1", "note2", "note3")),
        ("[[notea]]", ["notes.md", "noteab.md"], ("noteab", "notes")),
        ("![[pik.png]]", ["pic.png", "pik.md"], ("pic.png",)),
        ("[[pick]]", ["picks.png"], ()),
        ("[[wholly other]]", ["Attention.md"], ()),
        ("[[atention]] ", ["b/Attention.md", "c/Attention.md"], ("b/Attention",)),
    ],
)
def test_names_that_look_alike_are_suggested(link: str, paths: list[str], names: tuple[str, ...]) -> None:
    assert suggested(link, *paths) == names


def test_other_names_of_a_note_are_suggested_as_the_note() -> None:
    assert meanings("[[Nickname]]", n="---\naliases: [Nicknames]\n---\n") == (
        Unresolved("note", "Nickname", None, ("n",)),
    )


def test_a_title_is_suggested_as_the_note() -> None:
    assert meanings("[[A long titel]]", n="---\ntitle: A long title\n---\n") == (
        Unresolved("note", "A long titel", None, ("n",)),
    )


def test_a_part_of_what_is_no_note_is_the_whole() -> None:
    assert meanings("![[p.png#hook]] [[b#part]]", "p.png", "b/x.md") == (
        Resolved("p.png", "asset"),
        Resolved("b/", "folder", "folder"),
    )


def test_an_id_of_the_note_itself() -> None:
    assert meanings("<i id='own'></i> [[#own]]") == (Resolved(HOST, "note", "name", "id", "own"),)
