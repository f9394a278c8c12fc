"""What an import makes of its sources: chats, exports of chats, Markdown in other dialects, damaged text."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import NOT_HERE
from vaultc import importer
from vaultc.errors import VaultcError
from vaultc.importer import prose
from vaultc.parse import mojibake

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
RUSSIAN = "Привет, мир! Здесь — обычный русский текст, и в нём «кавычки».\n"


def note(name: str, data: bytes | str) -> tuple[dict[str, Any], str]:
    """Front matter and body of the one note that a source becomes."""
    (draft,) = importer.read(name, data.encode() if isinstance(data, str) else data)
    _, front, body = importer.compose(draft).split("---\n", 2)
    return yaml.safe_load(front), body.lstrip("\n")


@pytest.mark.parametrize("codec", ["mac_roman", "cp1251", "latin-1"])
def test_damaged_text_is_repaired_and_each_place_is_told(codec: str) -> None:
    text = f"# Plain\n\n{RUSSIAN if codec != 'cp1251' else 'Очень простой русский текст.'}\n"
    damaged = text.encode().decode(codec)
    new, repairs = mojibake.repaired(damaged)
    assert new == text
    assert {repair.line for repair in repairs} == {3}
    assert all(repair.before in damaged and repair.after in text for repair in repairs)


@pytest.mark.parametrize(
    "text", [RUSSIAN, "naïve café — “quoted” … ½ × ∞\n", "日本語のテキスト\n", "Ça va? Ðuro, Ñandú\n"]
)
def test_text_that_is_whole_stays(text: str) -> None:
    assert mojibake.repaired(text) == (text, ())


def test_whole_text_beside_damaged_text_stays() -> None:
    damaged = RUSSIAN.encode().decode("mac_roman")
    assert mojibake.repaired(f"{RUSSIAN}{damaged}")[0] == RUSSIAN * 2


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"{NOT_HERE}: the seeds")
def test_the_seeds_are_repaired_to_the_letter() -> None:
    decoded = sorted(SEEDS.glob("decoded_*.txt"))
    assert len(decoded) == 3
    for file in decoded:
        source = file.with_name(file.name.removeprefix("decoded_"))
        new, repairs = mojibake.repaired(source.read_text(encoding="utf-8"))
        assert new == file.read_text(encoding="utf-8")
        assert len(repairs) > 300
    for file in SEEDS.glob("0*.txt"):
        front, body = note(file.name, file.read_bytes())
        assert front["lang"] == "ru"
        assert "nexus" not in body
        assert "UID" not in body


CHAT = """>[!nexus_user] **User** - 18.06.2025 at 22:06
> how many tokens?
> and why
<!-- UID: 55-aa -->

[[elsewhere]]


>[!nexus_agent] **Assistant** - 18.06.2025 at 22:07
> # Many
>
> > a quote
<!-- UID: 66-bb -->
"""


def test_a_chat_of_callouts_becomes_questions_and_answers() -> None:
    front, body = note("chat.txt", CHAT)
    assert front == {"title": "How many tokens?", "source": "chat.txt", "date": yaml.safe_load("2025-06-18")}
    assert body == (
        "> [!question] · 2025-06-18 22:06\n> how many tokens?\n> and why\n\n^55-aa\n\n[[elsewhere]]\n\n"
        "## Many\n\n> a quote\n\n^66-bb\n"
    )


def chatgpt(**fields: Any) -> dict[str, Any]:
    """A conversation as ChatGPT exports it, with a branch that was abandoned."""

    def step(parent: str | None, role: str, *parts: Any) -> dict[str, Any]:
        message = {"id": f"{role}-1", "author": {"role": role, "name": None}, "create_time": 1718000000.5}
        return {
            "parent": parent,
            "children": [],
            "message": {**message, "content": {"content_type": "text", "parts": [*parts]}},
        }

    mapping = {
        "root": {"parent": None, "children": ["s"], "message": None},
        "s": step("root", "system", "be kind"),
        "u": step("s", "user", "What is \\\\(x^2\\\\)?".replace("\\\\", "\\"), {"content_type": "image_asset_pointer"}),
        "old": step("u", "assistant", "An answer that was thrown away"),
        "new": step("u", "assistant", "A square: \\[x \\cdot x\\], in code `\\(x\\)`."),
    }
    return {"title": "Squares", "mapping": mapping, "current_node": "new", "conversation_id": "ab-12", **fields}


CLAUDE = {
    "uuid": "cd-34",
    "name": "Memory: a [short] talk",
    "created_at": "2025-03-04T05:06:07Z",
    "account": {"uuid": "x"},
    "chat_messages": [
        {
            "uuid": "1-1",
            "sender": "human",
            "text": "And the cache?",
            "created_at": "2025-03-04T05:06:07.000000Z",
            "files": [],
        },
        {
            "uuid": "2-2",
            "sender": "assistant",
            "text": "",
            "content": [{"type": "text", "text": "It is the size of it."}],
        },
    ],
}


def test_an_export_of_chatgpt_gives_the_branch_that_was_last_seen() -> None:
    front, body = note("conversations.json", json.dumps([chatgpt()]))
    assert front == {
        "title": "Squares",
        "source": "https://chatgpt.com/c/ab-12",
        "lang": "en",
        "date": yaml.safe_load("2024-06-10"),
    }
    assert body == (
        "> [!question] · 2024-06-10 06:13\n> What is $x^2$?\n>\n> *(image)*\n\n^user-1\n\n"
        "A square: $$x \\cdot x$$, in code `\\(x\\)`.\n\n^assistant-1\n"
    )
    loop = chatgpt()
    loop["mapping"]["s"]["parent"] = "new"
    assert note("c.json", json.dumps(loop))[1] == body
    assert note("c.json", json.dumps(chatgpt(current_node=None)))[1] == body


def test_an_export_of_claude_is_read() -> None:
    front, body = note("conversations.json", json.dumps([CLAUDE, {**CLAUDE, "chat_messages": []}]))
    assert front["title"] == "Memory: a [short] talk"
    assert front["source"] == "https://claude.ai/chat/cd-34"
    assert "> And the cache?\n\n^1-1\n\nIt is the size of it.\n\n^2-2\n" in body


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def test_an_archive_is_read_and_its_paths_lead_nowhere() -> None:
    files = {
        "../../My page 0123456789abcdef0123456789abcdef.md": b"# My page\n",
        "x/conversations.json": json.dumps([CLAUDE]).encode(),
        "x/picture.png": b"\x89PNG",
    }
    assert [draft.title for draft in importer.read("Export.zip", archive(files))] == ["My page", CLAUDE["name"]]


def test_code_for_tools_and_files_keep_their_place_and_odd_messages_cost_nothing_else() -> None:
    talk = chatgpt()
    called = {"content_type": "code", "language": "python", "text": "print('```')"}
    for key, content in (
        ("new", called),
        ("odd", "text"),
        ("after", {"parts": ["So \ue200cite\ue202turn0\ue201it is.", None, 5]}),
    ):
        message = {"id": 7, "author": {"role": "assistant"}, "create_time": "2024", "content": content}
        talk["mapping"][key] = {"parent": {"new": "u", "odd": "new", "after": "odd"}[key], "message": message}
    _, body = note("c.json", json.dumps([{**talk, "current_node": "after"}]))
    assert body.endswith("````python\nprint('```')\n````\n\nSo it is.\n")
    made = {"type": "tool_use", "input": {"content": "x = 1", "language": "python"}}
    messages = [
        {"sender": "human", "text": "See", "attachments": [{"file_name": "a.txt", "extracted_content": "long"}]},
        {
            "sender": "assistant",
            "content": [{"type": "thinking", "thinking": "hm"}, made, {"type": "text", "text": None}],
        },
        5,
    ]
    _, body = note("c.json", json.dumps([{**CLAUDE, "chat_messages": messages}]))
    assert body == "> [!question]\n> See\n>\n> *(a.txt)*\n\n```python\nx = 1\n```\n"


UUID = "6512f0a1-1111-2222-3333-444455556666"


def test_references_to_blocks_of_logseq_become_links() -> None:
    one = f"- a block\n  collapsed:: true\n  id:: {UUID}\n- TODO `(({UUID}))` (({UUID})) #[[b c]]\n"
    two = f"- DONE {{{{embed (({UUID}))}}}} ((0{UUID[1:]}))\n"
    drafts = importer.joined([*importer.read("One.md", one.encode()), *importer.read("Two.md", two.encode())])
    assert [draft.body for draft in drafts] == [
        f"- a block ^{UUID}\n- [ ] `(({UUID}))` [[#^{UUID}]] [[b c]]\n",
        f"- [x] ![[One#^{UUID}]] ((0{UUID[1:]}))\n",
    ]


@pytest.mark.parametrize(
    ("name", "text", "front", "body"),
    [
        ("plain.md", "# A title\n\nText.\n", {"title": "A title"}, "# A title\n\nText.\n"),
        ("o.md", "---\ntags: [a] # kept\ncreated: 2024-01-02\n---\nx\n", {"title": "o", "tags": ["a"]}, "x\n"),
        ("broken.md", "---\na: [\n---\nx\n", {"title": "broken"}, "---\na: [\n---\nx\n"),
        (
            f"My page {'0f' * 16}.md",
            f"# My page\n\n[Other](My%20page%20{'0f' * 16}/Other%20{'1e' * 16}.md)\n",
            {"title": "My page"},
            "# My page\n\n[Other](My%20page/Other.md)\n",
        ),
        (
            "logseq.md",
            "title:: Named\ntags:: a, [[b c]]\nalias:: Other\n\n- a block\n",
            {"title": "Named", "tags": ["a", "b-c"], "aliases": ["Other"]},
            "- a block\n",
        ),
        ("20240102030405 Zettel.md", "Text {#x}\n", {"title": "Zettel"}, "Text {#x}\n"),
        ("z.md", "# Zettel {#sec}\n", {"title": "Zettel"}, "# Zettel {#sec}\n"),
        ("d.e.md", "---\nid: x\nupdated: 1\n---\n[[its label|a.b]]\n", {"title": "d.e"}, "[[a.b|its label]]\n"),
        ("a.b.md", "---\nid: x1\ntitle: B\ncreated: 1608518909864\n---\nx\n", {"title": "B", "id": "x1"}, "x\n"),
    ],
)
def test_dialects_of_markdown(name: str, text: str, front: dict[str, Any], body: str) -> None:
    found, rest = note(name, text)
    assert rest == body
    assert {key: found[key] for key in front} == front
    assert found["source"] == name
    if "created" in found:
        assert str(found["date"]) in ("2024-01-02", "2020-12-21")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.json", b"{", "is no JSON"),
        ("a.json", b"[" * 100_000, "JSON"),
        ("a.json", b'{"a": 1}', "neither"),
        ("a.json", b"[1, 2]", "neither"),
        ("a.txt", b"\xff\xfa\x00", "not UTF-8"),
        ("a.txt", b"a\0b", "NUL"),
        ("a.zip", b"PK\x03\x04 and so on", "cannot be unpacked"),
        ("a.zip", archive({"a.png": b"x"}), "no Markdown"),
        ("a.zip", archive({"a.md": b"x" * (65 << 20)}), "over 64 MiB"),
    ],
)
def test_what_is_no_source_is_said_in_one_line(name: str, data: bytes, says: str) -> None:
    with pytest.raises(VaultcError, match=says) as fault:
        importer.read(name, data)
    assert "\n" not in str(fault.value)


def test_formulas_stand_between_dollars() -> None:
    assert prose.mathematics("a \\( x \\) b\n\n\\[\ny\n\\]\n") == "a $x$ b\n\n$$\ny\n$$\n"
    for same in ("`\\(x\\)`", "```\n\\[x\\]\n```", "\\\\(x\\\\)", "\\(x", "\\(a\n\nb\\)", "[x] (y)"):
        assert prose.mathematics(same) == same


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (RUSSIAN, "ru"),
        ("Це речення написане українською мовою, і вона її має.", None),
        ("The size of the cache is what is left of it.", "en"),
        ("Die Größe des Speichers ist begrenzt.", None),
        ("", None),
    ],
)
def test_a_language_is_told_only_where_it_is_plain(text: str, language: str | None) -> None:
    assert prose.language(text) == language
