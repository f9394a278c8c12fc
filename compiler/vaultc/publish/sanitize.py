"""A Python-Markdown extension: what a page's Markdown became, without anything that runs.

It is the last step of a rendering, so it does not matter how a note came by an element: raw HTML, an attribute list, a block of the
generator's dialect that notes do not have. What is left is what Obsidian leaves, by a list of what is known to be harmless; the
guide's page "Trust" tells it to authors.
"""

import html
import re
from typing import Any, Final

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markupsafe import Markup

_TAGS: Final = frozenset(
    "a abbr address article aside audio b bdi bdo blockquote br button caption center cite code col colgroup data dd del details "
    "dfn div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i iframe img input ins kbd "
    "label legend li main mark meter nav ol optgroup option output p picture pre progress q rp rt ruby s samp section select small "
    "source span strike strong sub summary sup table tbody td textarea tfoot th thead time tr track tt u ul var video wbr "
    "svg g path line polyline polygon rect circle ellipse text tspan title desc defs marker clipPath linearGradient "
    "radialGradient stop pattern symbol".split()
)
_ANYWHERE: Final = frozenset("class dir hidden id lang role style tabindex title".split())
_ATTRIBUTES: Final = {
    "*": _ANYWHERE,
    "a": {"download", "href", "hreflang", "name", "rel", "target"},
    "audio": {"controls", "loop", "muted", "preload", "src"},
    "blockquote": {"cite"},
    "button": {"disabled", "type"},
    "col": {"span", "width"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"name", "open"},
    "div": {"align"},
    "font": {"color", "face", "size"},
    "h1": {"align"},
    "h2": {"align"},
    "h3": {"align"},
    "h4": {"align"},
    "iframe": {"allow", "allowfullscreen", "frameborder", "height", "loading", "referrerpolicy", "src", "width"},
    "img": {"align", "alt", "height", "loading", "sizes", "src", "srcset", "width"},
    "input": {"autocomplete", "checked", "disabled", "max", "min", "name", "placeholder", "readonly", "type", "value"},
    "ins": {"cite", "datetime"},
    "label": {"for"},
    "li": {"value"},
    "meter": {"high", "low", "max", "min", "optimum", "value"},
    "ol": {"reversed", "start", "type"},
    "optgroup": {"label"},
    "option": {"selected", "value"},
    "p": {"align"},
    "progress": {"max", "value"},
    "q": {"cite"},
    "select": {"disabled", "multiple"},
    "source": {"media", "sizes", "src", "srcset", "type"},
    "table": {"align", "border", "cellpadding", "cellspacing", "width"},
    "td": {"align", "colspan", "headers", "height", "rowspan", "valign", "width"},
    "textarea": {"disabled", "placeholder", "readonly", "rows", "cols"},
    "th": {"align", "colspan", "headers", "height", "rowspan", "scope", "valign", "width"},
    "time": {"datetime"},
    "tr": {"align", "valign"},
    "track": {"default", "kind", "label", "src", "srclang"},
    "ul": {"type"},
    "video": {"controls", "height", "loop", "muted", "poster", "preload", "src", "width"},
}
# Drawings of ours and of authors; none of these fetches anything or names what is run.
_DRAWN: Final = frozenset(
    "cx cy d dominant-baseline dx dy fill fill-opacity fill-rule font-family font-size font-weight fx fy gradientTransform "
    "gradientUnits height offset opacity orient pathLength patternUnits points preserveAspectRatio r refX refY rx ry spreadMethod "
    "stop-color stop-opacity stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity stroke-width text-anchor "
    "transform viewBox width x x1 x2 y y1 y2 markerHeight markerUnits markerWidth".split()
)
_SHAPES: Final = (
    "svg g path line polyline polygon rect circle ellipse text tspan defs marker clipPath linearGradient radialGradient stop "
    "pattern symbol"
).split()
# What a style may change is how text looks in its place: nothing that lays it over the rest of the page, nothing that fetches.
_STYLES: Final = frozenset(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right border-spacing "
    "border-style border-top border-width caption-side clear color column-count column-gap columns direction display flex "
    "flex-direction flex-wrap float font font-family font-size font-style font-variant font-weight gap height justify-content "
    "align-items letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right margin-top max-height "
    "max-width min-height min-width opacity overflow overflow-wrap overflow-x overflow-y padding padding-bottom padding-left "
    "padding-right padding-top tab-size text-align text-decoration text-indent text-transform vertical-align white-space width "
    "word-break word-spacing writing-mode".split()
)
# Nor a declaration with a function other than a colour's, an escape, or a negative length.
_OUT_OF_PLACE = re.compile(r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(|\\|(?<![\w#])-\s*\.?\d", re.IGNORECASE)
# Programs that people link to from their notes; never one whose address is a program.
_SCHEMES: Final = frozenset(
    "http https mailto tel sms ftp ftps sftp geo irc ircs xmpp matrix magnet doi urn obsidian zotero vscode logseq devonthink "
    "x-devonthink-item bear things message file data".split()
)
_MEDIA = re.compile(r"data:(?:image|audio|video)/[\w.+-]+[;,]", re.IGNORECASE)
_EXTERNAL = re.compile(r"https?://", re.IGNORECASE)
_DOCUMENT = re.compile(r"(?![\w+.-]*:|[/\\]{2})[^?#\\]*\.pdf(?:[#][^\\]*)?", re.IGNORECASE)
# Without these, HTML is text, and comes out of any reader as it was.
_MARKUP = re.compile("[<>&\0\r\xa0\ufeff]")
# The theme keeps its own state under ids, attributes and classes of these names; line numbers of code have theirs from us.
_TAG_OPENS = re.compile(r"<(?=[A-Za-z/!?])")
_LINE = re.compile(r"__(?:codelineno|span)-[\w-]+")
_THEME_CLASS = re.compile(r"md-(?!button|tag\b)")


def untagged(text: str) -> str:
    """`text` without anything that begins a tag: a theme may take a tooltip, once it is decoded, for HTML."""
    return _TAG_OPENS.sub("< ", text)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute keeps, None for one that goes."""
    if name in ("id", "name", "for"):
        return None if value.startswith("__") and not _LINE.fullmatch(value) else value
    if name == "title":
        return untagged(value)
    if name == "class":
        return " ".join(word for word in value.split() if not _THEME_CLASS.match(word)) if "md-" in value else value
    if name == "style":
        return ";".join(part for part in value.split(";") if not _OUT_OF_PLACE.search(part)) or None
    if name.startswith("data-md"):
        return None
    if name in ("href", "src", "poster", "cite"):
        if tag == "iframe":
            return value if _EXTERNAL.match(value) or _DOCUMENT.fullmatch(value) else None
        if value.lstrip()[:5].lower() == "data:":
            return value if tag in ("audio", "img", "source", "video") and _MEDIA.match(value) else None
    return value


_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"script", "style"},
    attributes={**{tag: set(names) for tag, names in _ATTRIBUTES.items()}, **{tag: set(_DRAWN) for tag in _SHAPES}},
    attribute_filter=_attribute,
    generic_attribute_prefixes={"data-", "aria-"},
    url_schemes=set(_SCHEMES),
    filter_style_properties=set(_STYLES),
    link_rel=None,
    strip_comments=True,
)


def clean(page: str) -> str:
    """The HTML of a page's content, closed where it was left open, without what could run, act for the theme or cover it."""
    return _CLEANER.clean(page) if _MARKUP.search(page) else page


class _Last(Postprocessor):
    def run(self, text: str) -> str:
        """Clean the page, and its table of contents, which themes print as it is."""
        _plain(getattr(self.md, "toc_tokens", []))
        return clean(text)


def _plain(tokens: list[Any]) -> None:
    for token in tokens:
        token["name"] = html.escape(Markup(token["name"]).striptags())
        token["id"] = html.escape(token["id"])
        # Zensical cuts tags and attributes out of the first with patterns, unless there is the second.
        token["html"] = token["data-toc-label"] = token["name"]
        _plain(token["children"])


class Sanitize(Extension):
    """Registers the last step."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Called by Python-Markdown."""
        md.postprocessors.register(_Last(md), "vaultc-sanitize", -1000)


def makeExtension(**options: Any) -> Sanitize:  # noqa: N802 (Python-Markdown's name)
    """What Python-Markdown asks a module of an extension for."""
    return Sanitize(**options)
