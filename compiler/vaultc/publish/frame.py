"""What a theme puts around a page, made once for all pages at one depth: they differ in it by a few words, and templates are slow."""

from __future__ import annotations

import copy
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from jinja2 import Environment
from markupsafe import Markup, escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from mkdocs.utils import normalize_url

# Features of Material's that put more of a page into its frame than `_words` names.
_MORE = ("content.action", "navigation.footer", "navigation.path", "navigation.tabs")
_MAIN, _NEAR = "main.html", "partials/vaultc/sidebar.html"
# A mark looks like an absolute address, which the filter `url` leaves as it is, and like nothing that a vault can say.
_SIGN = f"vaultc-{secrets.token_hex(8)}"
_MARK = re.compile(rf"{_SIGN}:(\w+);")


class _Frame(NamedTuple):
    """Text and names of marks in turn, and the top folders that addresses in it lead to: from there they are written shorter."""

    pieces: tuple[str, ...]
    tops: frozenset[str]


class _Title(str):
    """A title as it is printed; `text` is what it is with its tags taken out."""

    text: str

    def __html__(self) -> str:
        return self.text


class _Content(str):
    """A content with a heading of the first level, for a template that looks for one."""

    def __contains__(self, part: object) -> bool:
        return part == "<h1" or super().__contains__(part)  # type: ignore[operator]


class Frames:
    """Renders pages by the theme's `main.html`. What comes out is what the template makes of the page."""

    def __init__(self, config: MkDocsConfig, env: Environment) -> None:
        self._env = env
        # Templates of the user's own may ask a page for anything.
        self._usable = not (
            config.theme.custom_dir
            or config.extra.get("analytics")
            or any(feature.startswith(_MORE) for feature in config.theme.get("features") or ())
        )
        self._frames: dict[tuple[object, ...], _Frame | None] = {}

    def render(self, context: Mapping[str, Any]) -> str:
        """The page of a context that MkDocs made."""
        page, base = context["page"], context["base_url"]
        main = self._env.get_template(page.meta.get("template", _MAIN))
        if not self._usable or "template" in page.meta or not base.startswith(".."):
            return main.render(context)
        words = _words(page)
        own = {key: value for key, value in page.meta.items() if key not in ("title", "description")}
        said = json.dumps(own, default=repr, sort_keys=True)
        shape = (base, "<h1" in words["content"], said, tuple(name for name, word in words.items() if word))
        if shape not in self._frames:
            frame = self._frame(context, words)
            if page.url.partition("/")[0] not in frame.tops:
                whole = main.render(context)
                # Nobody knows all that a theme does: it is tried before it is believed.
                self._frames[shape] = frame if self._filled(frame, context, words) == whole else None
                return whole
        known = self._frames.get(shape)
        if known is None or page.url.partition("/")[0] in known.tops:
            return main.render(context)
        return self._filled(known, context, words)

    def _frame(self, context: Mapping[str, Any], words: Mapping[str, str]) -> _Frame:
        page, base = context["page"], context["base_url"]
        html = self._env.get_template(_MAIN).render(
            {**context, "page": _stand_in(page, base.count(".."), words), "vaultc_near": _mark("near")}
        )
        return _Frame(
            tuple(_MARK.split(html)), frozenset(re.findall(rf'(?<=["\']){re.escape(base)}/([^/"\'?#]+)', html))
        )

    def _filled(self, frame: _Frame, context: Mapping[str, Any], words: Mapping[str, str]) -> str:
        near = self._env.get_template(_NEAR).render(context)
        return "".join(_joined(frame.pieces, {**words, "near": near}))


def _joined(pieces: Iterable[str], words: Mapping[str, str]) -> Iterator[str]:
    for at, piece in enumerate(pieces):
        yield words[piece] if at % 2 else piece


def _words(page: Page) -> dict[str, str]:
    """What of a page stands in its frame; nothing for what it has not."""
    title, named = page.title or "", str(page.meta.get("title") or "")
    first = next(iter(page.toc), None)
    near = (page.previous_page, page.next_page)
    return {
        "title": title,
        "title_text": _text(title),
        "named": named,
        "named_text": _text(named),
        "description": str(page.meta.get("description") or ""),
        "canonical": page.canonical_url or "",
        "previous": normalize_url(near[0].url, page) if near[0] else "",
        "next": normalize_url(near[1].url, page) if near[1] else "",
        "skip": first.url if first else "",
        "content": page.content or "",
    }


def _stand_in(page: Page, depth: int, words: Mapping[str, str]) -> Page:
    """A page with marks for its words, at an address from where all addresses are written in full."""
    out = copy.copy(page)
    out.file = copy.copy(page.file)
    out.file.url = "-/" * depth
    out.title = _title("title", words)
    named = {"title": _title("named", words)} if words["named"] else {}
    described = {"description": _mark("description")} if words["description"] else {}
    out.meta = {**page.meta, **named, **described}
    out.canonical_url = _mark("canonical") if words["canonical"] else None
    for name in ("previous", "next"):
        setattr(out, f"{name}_page", SimpleNamespace(url=_mark(name), title="") if words[name] else None)
    out.toc = [SimpleNamespace(url=_mark("skip"), level=0, title="", children=[])] if words["skip"] else []  # type: ignore[assignment]
    out.content = _Content(_mark("content")) if "<h1" in words["content"] else _mark("content")
    return out


def _title(name: str, words: Mapping[str, str]) -> _Title:
    title = _Title(_mark(name) if words[name] else "")
    title.text = _mark(f"{name}_text") if words[name] else ""
    return title


def _mark(name: str) -> str:
    return f"{_SIGN}:{name};"


def _text(title: str) -> str:
    return str(escape(Markup(title).striptags()))
