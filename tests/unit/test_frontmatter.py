"""Front matter: what is read from it, how much of it, and what a fault in it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from vaultc.parse.frontmatter import read, strings


def found(yaml: str) -> list[str]:
    return [finding.message for finding in read("n.md", f"---\n{yaml}\n---\ntext\n".encode()).findings]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("FALSE", False), ("yes", "yes"), ("off", "off"), ("12:30", "12:30"), ("2026-01-02", "2026-01-02"),
        ("0", 0), ("-7", -7), ("+7", 7), ("010", "010"), ("0x10", "0x10"), ("1_000", "1_000"), ("1.5", 1.5), ("1.", 1.0),
        ("1.5e3", 1500.0), ("1e3", "1e3"), (".5", ".5"), ("~", None), ("null", None), ("", None), ("'1'", "1"), ("=", "="),
        ("!!str 1", "1"), ("!!int '1'", 1), ("[a, 1]", ["a", 1]), ("{a: b}", {"a": "b"}), ("truely", "truely"), ("1a", "1a"),
    ],
)  # fmt: skip
def test_values_are_those_of_yaml_1_2(written: str, value: object) -> None:
    front = read("n.md", f"---\nkey: {written}\n---\n".encode())
    assert front.metadata == {"key": value} and type(front.metadata["key"]) is type(value)
    assert front.findings == ()


def test_keys_of_any_type_are_texts() -> None:
    assert read("n.md", b"---\n7: a\ntrue: b\n~: c\n---\n").metadata == {"7": "a", "true": "b", "~": "c"}


@pytest.mark.parametrize(
    ("data", "span", "body"),
    [
        (b"---\na: b\n---\ntext", b"a: b\n", b"text"),
        (b"---\r\na: b\r\n---\r\ntext", b"a: b\r\n", b"text"),
        (b"\xef\xbb\xbf--- \na: b\n---\t\ntext", b"a: b\n", b"text"),
        (b"---\n---\ntext", b"", b"text"),
        (b"---\na: b\n---", b"a: b\n", b""),
        (b"---\na: [\n---\ntext", b"a: [\n", b"text"),
        (b"---\na: b\n--- x\n---\ntext", b"a: b\n--- x\n", b"text"),
        (b"text\n---\na: b\n---\n", b"", b"text\n---\na: b\n---\n"),
        (b"\xef\xbb\xbftext", b"", b"text"),
        (b"----\na: b\n---\n", b"", b"----\na: b\n---\n"),
    ],
)
def test_where_it_stands_and_where_the_note_begins(data: bytes, span: bytes, body: bytes) -> None:
    front = read("n.md", data)
    assert data[front.span.start : front.span.end] == span and data[front.body :] == body


def test_a_fault_is_found_at_its_place() -> None:
    data = "---\nимя: это\nb: [1, 2\n---\ntext\n".encode()
    [finding] = read("n.md", data).findings
    assert finding.span.start == finding.span.end == data.index(b"---\ntext")
    assert (finding.code, finding.path) == ("VC101", "n.md")
    data = "---\nимя: это: x\n---\n".encode()
    [finding] = read("n.md", data).findings
    assert data[finding.span.start :].startswith(b": x")


@pytest.mark.parametrize(
    "yaml",
    ["!!bool x", "!!int ''", "!!timestamp x", "!!float x", "!!binary '\u00e9'", "!!python/name:os.system", "!unknown x", "&a", "*a",
     "!!set [a]", "!!omap x", "!!int 1.5", "!!bool [a]", "!!str [a]", "\x00", "!!timestamp 2026-99-01"],
)  # fmt: skip
def test_a_value_that_is_not_what_its_tag_says_is_one_finding(yaml: str) -> None:
    front = read("n.md", f"---\nkey: {yaml}\n---\ntext\n".encode())
    assert [finding.code for finding in front.findings] == ([] if yaml == "&a" else ["VC101"])
    assert front.metadata in ({}, {"key": None})
    assert read("n.md", f"---\ndraft: true\nkey: {yaml}\n---\n".encode()).metadata["draft"]


def test_a_fault_is_told_in_one_line() -> None:
    [message] = found("a: \x01")
    assert message == "front matter is not YAML: unacceptable character #x0001: control characters are not allowed"


@pytest.mark.parametrize("yaml", ["<% tp.title %>", "{{title}}", "a: {{date}}", "{% x %}", "a: <%* [ %>"])
def test_a_template_is_no_fault(yaml: str) -> None:
    assert found(yaml) == []


@pytest.mark.parametrize(
    ("yaml", "what"), [("[a]", "a list"), ("- a", "a list"), ("a", "a single value"), ("1", "a single value")]
)
def test_what_is_no_mapping(yaml: str, what: str) -> None:
    assert found(yaml) == [f"front matter is {what}, not a mapping"]


@pytest.mark.parametrize(
    ("fits", "more", "said"),
    [
        ("x: &a 1\ny: [" + "*a, " * 16 + "]", "x: &a 1\ny: [" + "*a, " * 17 + "]", "more than 16 YAML aliases"),
        ("x: " + "[" * 31 + "]" * 31, "x: " + "[" * 32 + "]" * 32, "deeper than 32 levels"),
        ("x: ['" + "[" * 40 + "']", "x: " + "[" * 40 + "]" * 40, "deeper than 32 levels"),
        ("x: " + "{a: " * 31 + "}" * 31, "x: " + "{a: " * 32 + "}" * 32, "deeper than 32 levels"),
        ("x:\n " + "- " * 31 + "a", "x:\n " + "- " * 32 + "a", "deeper than 32 levels"),
        ("x: [&a [1], *a]", "x: &a [1, [*a]]", "holds itself: `*a`"),
        ("x: &a {k: 1}\ny: *a", "x: &a {k: {l: *a}}", "holds itself: `*a`"),
    ],
)  # fmt: skip
def test_front_matter_has_bounds(fits: str, more: str, said: str) -> None:
    assert found(fits) == []
    [message] = found(more)
    assert message.startswith("front matter ") and message.endswith(said)


def test_brackets_in_a_text_are_no_levels() -> None:
    assert found(f"x: '{'[' * 500}'\ny: |\n  {' ' * 200}text") == []


@pytest.mark.parametrize(
    ("value", "split", "texts"),
    [
        (None, "", ()), ("", "", ()), (" a ", "", ("a",)), ("a, b", "", ("a, b",)), ("a, b;c", ",;", ("a", "b", "c")),
        (["a, b", " ", None, 3, 0, ["x"], {"y": 1}], ",", ("a, b", "3", "0")), (True, "", ()), ({"a": 1}, "", ()), (7, ",", ("7",)),
        ({"only"}, "", ("only",)), (("a", "b"), "", ("a", "b")),
    ],
)  # fmt: skip
def test_texts_of_a_value(value: Any, split: str, texts: tuple[str, ...]) -> None:
    assert strings(value, split=split) == texts


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("title", ["a", "1", "true"], ["[a]", "{a: b}"]),
        ("aliases", ["a", "1", "[a, 1, ]"], ["{a: b}", "true", "[[a]]", "[{a: b}]"]),
        ("alias", ["a"], ["{a: b}"]),
        ("tags", ["a", "[a]"], ["{a: b}", "[a, [b]]"]),
        ("tag", ["a"], ["false"]),
        ("publish", ["true", "no", "2026-01-02", "1", "~"], ["maybe", "[true]", "x2026-01-02"]),
        ("draft", ["yes", "OFF", "0"], ["2026-01-02", "perhaps"]),
        ("other", ["a", "[[a]]", "{a: b}"], []),
    ],
)
def test_values_of_the_wrong_kind(key: str, right: list[str], wrong: list[str]) -> None:
    for written in right:
        assert found(f"{key}: {written}") == [], written
    for written in wrong:
        [finding] = read("n.md", f"---\n{key}: {written}\n---\n".encode()).findings
        assert finding.code == "VC102" and f"`{key}`" in finding.message, written


def test_keys_that_are_equal_in_python_are_two() -> None:
    found = read("a.md", b"---\n1: a\ntrue: b\n1.0: c\nx: {0: d, false: e}\n---\n")
    assert found.metadata == {"1": "a", "true": "b", "1.0": "c", "x": {"0": "d", "false": "e"}}
    assert not found.findings


@pytest.mark.parametrize("yaml", ["tags: [a]\ntags: [b]", "x:\n  a: 1\n  a: 2", "1: a\n'1': b", "x: [{a: 1, a: 2}]"])
def test_a_key_that_stands_there_twice_is_a_fault_at_its_place(yaml: str) -> None:
    data = f"---\n{yaml}\n---\n".encode()
    (finding,) = read("a.md", data).findings
    assert finding.code == "VC101" and "stands there twice" in finding.message
    assert data[: finding.span.start].rstrip(b"'").endswith((b"\n", b"  ", b", "))


def test_what_is_merged_stands_once() -> None:
    found = read("a.md", b"---\na: &x {k: 1}\nb: {<<: *x, k: 2}\n---\n")
    assert found.metadata["b"] == {"k": 2} and not found.findings
