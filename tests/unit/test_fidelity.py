"""What Obsidian shows in a note, the page shows too: each case by the HTML that the generator makes of it."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

import markdown
import pytest

from vaultc.emit import Memo, emit
from vaultc.publish.dialect import EXTENSIONS
from vaultc.session import Session


def objects(root: Path, **notes: str) -> Path:
    """The object files of a vault with these notes."""
    root.mkdir(exist_ok=True)
    for name, text in notes.items():
        (root / f"{name}.md").write_text(f"---\ntitle: T\n---\n{text}", encoding="utf-8")
    return emit(Session.open(root).vault, root.parent / "docs").folder


def page(root: Path, text: str, **others: str) -> str:
    """The HTML of the text of note `a`, without what stands around it."""
    made = (objects(root / "v", a=text, **others) / "a.md").read_text(encoding="utf-8").split("\n---\n", 1)[1]
    shown = markdown.markdown(made, extensions=[*EXTENSIONS], extension_configs=EXTENSIONS)
    return re.sub(r'<div data-search-exclude="" data-vaultc="(?:about|tags)">.*?</div>\s*(?:</div>)?', "", shown)


TAGS = {
    "alone": ("#one", ['<p><a href="tags/one.md">#one</a></p>']),
    "in a sentence": ("A #one, and (#two/three).", [">#one</a>, and", '(<a href="tags/two/three.md">#two/three</a>).']),
    "in a heading": ("## On #one\n", ['<h2 id="on-one">On <a href="tags/one.md">#one</a><a class="headerlink"']),
    "in a list": ("- #one\n- *a #two*\n", ['<li><a href="tags/one.md">#one</a></li>', '<em>a <a href="tags/two.md">']),
    "in a cell": ("| a |\n|---|\n| #one |\n", ['<td><a href="tags/one.md">#one</a></td>']),
    "in a quote": ("> [!note] #one\n> #two\n", ['">#one</a>', '">#two</a>']),
    "between highlights": ("==a== #one ==b==", ["<mark>a</mark>", '">#one</a>', "<mark>b</mark>"]),
    "before a marker": ("Text #one ^id", ['">#one</a>', 'id="^id"']),
    "with underlines": ("#one_two_three #ф", ['">#one_two_three</a>', '<a href="tags/ф.md">#ф</a>']),
}


@pytest.mark.parametrize("name", TAGS)
def test_a_tag_in_the_text_leads_to_its_page(name: str, tmp_path: Path) -> None:
    text, expected = TAGS[name]
    shown = page(tmp_path, text)
    for part in expected:
        assert part in shown


@pytest.mark.parametrize(
    "text", ["`#one`", "[see #one](https://a.b)", "#1", "a#one", "\\#one", "<b title='#one'>x</b>"]
)
def test_what_is_no_tag_is_no_link_to_one(text: str, tmp_path: Path) -> None:
    assert "tags/" not in page(tmp_path, text)


def test_a_site_without_pages_of_tags_shows_them_as_text(tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "vaultc.toml").write_text('pages_hidden = ["tags"]\n')
    assert "<p>#one</p>" in page(tmp_path, "#one")


def test_a_note_without_headings_keeps_the_ids_of_its_blocks(tmp_path: Path) -> None:
    assert '<span id="^id" data-vaultc="block">' in page(tmp_path, "Text. ^id\n")


def test_a_tag_in_an_embed_leads_from_the_page_that_shows_it(tmp_path: Path) -> None:
    (tmp_path / "v" / "deep").mkdir(parents=True)
    (tmp_path / "v" / "deep" / "b.md").write_text("#one\n")
    assert '<a href="tags/one.md">#one</a>' in page(tmp_path, "![[b]]")


FILM = "https://www.youtube-nocookie.com/embed/NnTvZWp5Q7o?autoplay=1"
POST = "https://platform.twitter.com/embed/Tweet.html?dnt=true&amp;id=1580548874246443010"
CARDS = {
    "![](https://www.youtube.com/watch?v=NnTvZWp5Q7o)": (FILM, ">YouTube</a>"),
    "![A film|300](https://youtu.be/NnTvZWp5Q7o?si=x)": (FILM, ">A film <small>YouTube</small></a>"),
    "![](https://youtube.com/shorts/NnTvZWp5Q7o)": (FILM, ">YouTube</a>"),
    "![](https://youtu.be/NnTvZWp5Q7o?t=1m30s)": (FILM + "&amp;start=90", ">YouTube</a>"),
    "![](https://x.com/obsdmd/status/1580548874246443010)": (POST, ">@obsdmd · X</a>"),
    "![\\*a\\* < [b] | `c`](https://twitter.com/obsdmd/status/1580548874246443010?s=20)": (
        POST,
        ">*a* &lt; [b] | c <small>@obsdmd · X</small></a>",
    ),
    "| a |\n|---|\n| ![x](https://youtu.be/NnTvZWp5Q7o) |\n": (FILM, ">x <small>YouTube</small></a></td>"),
}


@pytest.mark.parametrize("text", CARDS)
def test_a_film_or_post_elsewhere_is_a_card_that_fetches_nothing(text: str, tmp_path: Path) -> None:
    frame, words = CARDS[text]
    shown = page(tmp_path, text)
    assert f'data-frame="{frame}"' in shown
    assert words in shown
    assert "<img" not in shown
    assert "<iframe" not in shown


@pytest.mark.parametrize(
    "address",
    [
        "https://a.b/c.png",
        "https://youtube.com/@channel",
        "https://youtu.be/",
        "https://x.com/a",
        "https://[bad/watch?v=NnTvZWp5Q7o",
    ],
)
def test_an_image_elsewhere_stays_an_image(address: str, tmp_path: Path) -> None:
    assert "<img" in page(tmp_path, f"![]({address})")


def test_a_card_within_a_link_is_its_words(tmp_path: Path) -> None:
    shown = page(tmp_path, "[![A film](https://youtu.be/NnTvZWp5Q7o)](https://a.b)")
    assert '<a href="https://a.b">A film</a>' in shown


def about(root: Path, language: str) -> str:
    """The page of a note that is linked from another, in a vault of this language."""
    root.mkdir()
    (root / "vaultc.toml").write_text(f'language = "{language}"\n')
    text = f"---\nupdated: 2024-05-06\naliases: [Y]\n---\n# A\n\n{'w ' * 2200}\n\n[[No]]\n"
    (root / "a.md").write_text(text, encoding="utf-8")
    (root / "b.md").write_text("See [[a]].", encoding="utf-8")
    return (emit(Session.open(root).vault, root.parent / f"docs-{language}").folder / "a.md").read_text(
        encoding="utf-8"
    )


def test_what_vaultc_says_is_in_the_language_of_the_vault(tmp_path: Path) -> None:
    words = {
        "en": ["10 min", "changed <time", "Also: Y", "## Linked from {", "No note has this name yet"],
        "de": ["10 min", "changed <time", "Also: Y", "## Linked from {", "No note has this name yet"],
        "ru": ["10 мин", "изменено <time", "Также: Y", "## Сюда ссылаются {", "Такой заметки пока нет"],
    }
    for language, expected in words.items():
        shown = about(tmp_path / language, language)
        assert [word for word in expected if word not in shown] == []


def test_below_the_title_stands_when_the_note_was_changed(tmp_path: Path) -> None:
    assert '<time datetime="2024-05-06">2024-05-06</time>' in about(tmp_path / "v", "en")
    shown = markdown.markdown("x" + about(tmp_path / "w", "en"), extensions=[*EXTENSIONS], extension_configs=EXTENSIONS)
    assert '<p>changed <time datetime="2024-05-06">2024-05-06</time></p>' in shown


def test_a_day_that_becomes_known_is_written_in_the_page_that_stands(tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "a.md").write_text("# A\n")
    memo = Memo()
    for day in ("2020-01-01", "2020-01-02"):
        when = datetime.fromisoformat(f"{day}T12:00+00:00").timestamp()
        os.utime(tmp_path / "v" / "a.md", (when, when))
        folder = emit(Session.open(tmp_path / "v").vault, tmp_path / "docs", memo).folder
        assert f'changed <time datetime="{day}">' in (folder / "a.md").read_text()


SENTENCES = {
    "Earlier work. As Vaswani et al. [[b]] showed, e.g. Here it holds. Then": "As Vaswani et al. b showed, e.g. Here it holds.",
    "First. See Fig. 3 of A. B. Smith in [[b]]. Second.": "See Fig. 3 of A. B. Smith in b.",
    "Раньше. См. Рис. 2 в [[b]]. Потом.": "См. Рис. 2 в b.",
    "It ends in a word such as final. So [[b]] begins. More.": "So b begins.",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_no_short_form_ends_a_sentence(text: str, tmp_path: Path) -> None:
    shown = (objects(tmp_path / "v", a=text, b="") / "b.md").read_text(encoding="utf-8")
    said = shown[shown.index("## Linked from") :].split("\n\n")[2].strip().splitlines()[0]
    assert re.sub("</?mark>", "", said).strip() == SENTENCES[text]


@pytest.mark.parametrize(
    ("hook", "height"), [("#height=400", ' height="400"'), ("#page=3&height=250", ' height="250"'), ("", "")]
)
def test_a_document_is_as_high_as_its_link_says(hook: str, height: str, tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "p.pdf").write_bytes(b"%PDF-1.4")
    frame = re.search("<iframe[^>]*>", page(tmp_path, f"![[p.pdf{hook}]]"))
    assert frame
    assert (height in frame[0]) and ("height=" in frame[0].replace(hook.replace("&", "&amp;"), "")) is bool(height)
