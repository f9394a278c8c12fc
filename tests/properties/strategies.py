"""Notes as people and accidents make them."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = (
    "[[n]]", "![[n|300]]", "[[n#H|l\\|m]]", "[[n#^id]]", "[[ Имя заметки #Раздел]]", "[[C#]]", "[[\xa0n\u2003|\xa0x %%c%%]]", "[[#`code`|x]]", "[[a\u0301]]", "[[🦊|лиса]]",
    "[t](dir/n.md#h)", "![](a%20b.png)", "[t](<a b.md>)", '[t](n.md "title")', "[r][ref]", "[ref]: n.md\n", "[t](f(x).md)", "[[BUG]: x](u)",
    "# H\n", "## Заголовок {#own}\n", "### a ^id\n", "text ^id\n", "^id\n", "- item\n", "  - nested\n", "1. one\n", "> quote\n", "> [!note]- T\n",
    "| a | b |\n|---|---|\n| [[n\\|l]] | `c` |\n", "```\n", "````python bench id=x\n", "~~~\n", "    code\n", "`", "``", "$", "$$", "%%", "%% c %%",
    "<!-- vaultc: ignore VC201 -->\n", "<!--", "-->", "<div id='x'>\n", "</div>\n", "<a name=y>", "#tag", "#a/б", "[^1]", "[^1]: note\n", "==m==", "~~s~~",
    "**", "_", "\\", "|", "[", "]", "[[", "]]", "!", "(", ")", "\n", "\n\n", "\r\n", "\t", " ", "  \n", "\0", "\x1a", "\x1a\x1a", ",\x1a,", "\ufeff",
    "&nbsp;", "&amp;", "\xa0", "\u200b", "\u2028", "{{x}}", "<% t %>", "https://e.org/#x", "<https://e.org>", "---\n", "---\ntitle: x\n---\n",
    "---\nup: '[[n]]'\n---\n", "---\nup: '[[\xa0 n\u2003]]'\n---\n", "word", "слово", "日本語", "é", "e\u0301",
)  # fmt: skip

notes = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=24).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The bytes of a note with a few cut, doubled, or overwritten: often no longer UTF-8."""
    data = bytearray(draw(notes).encode("utf-8", "replace"))
    for _ in range(draw(st.integers(0, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        length = draw(st.integers(0, 8))
        new = draw(
            st.sampled_from((b"", bytes(data[at : at + length]) * 2, b"\xff", b"\xd0", b"\0", b"[[", b"]]", b"`"))
        )
        data[at : at + length] = new
    return bytes(data)
