"""The YAML between the first two `---` lines, and what vaultc reads from it."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from vaultc.diagnostics import Diagnostic, report
from vaultc.text import Span, fold

_FENCE = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n")
_CLOSE = re.compile(rb"^---[ \t]*(?:\r?\n|\Z)", re.M)
_PLACEHOLDER = re.compile(r"<%|\{\{|\{%")
# Sixteen references can blow a text up some hundredfold; no note needs as many.
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# What a plain text says of publishing, wherever it stands: a slip of the YAML may be a missing line ending, bracket or sign. Between
# two fences every mention counts, whatever follows; elsewhere, where prose may stand, one with a sign and a word, or with a yes or no.
_NAMED = re.compile(
    r"""(?<![^\W_])(?<![^\W_][-_])(publish|draft)(?![^\W\d_])(?:[^\w\n]|_)*(?:\n[ \t]*-[ \t]+["']?)?(\w[^\s,"'}\]<]*)?()""",
    re.I,
)
_SAID_IN_PROSE = re.compile(
    r"""(?<![\w-])["'`*]*(publish|draft)["'`*]*"""
    r"""(?:[ \t]*[:=]+(?:\s*-[ \t])?[ \t]*["']?([^\s,"'}\]]+)|[^\w\n]+(true|false|yes|no|on|off)\b)""",
    re.I,
)
_KEY = re.compile(r"[\W_]*(publish|draft)[\W_]*", re.I)
_LOOKS = str.maketrans(dict.fromkeys("“”„‟«»‘’‚‛", '"') | dict.fromkeys("ː∶꞉", ":"))
# The same keys at the top; YAML takes the last of two, and the first may be the one that was meant.
_SAID = re.compile(r"""^["']?(publish|draft)["']?[ \t]*:""", re.I | re.M)
# Behind what nobody sees: byte order marks, spaces of no width, NUL. Keyboards make dashes of hyphens (`—-`). Hugo's TOML stands between `+++` and may hold empty lines.
_UNCLOSED = re.compile(
    r"[\s\ufeff\u200b-\u200f\u2060\0]*(?:(?:---|[-–—]{1,3}[ \t]*\r?\n)(.*?)(?:\r?\n[ \t]*\r?\n|\Z)|\+\+\+[ \t]*\r?\n(.*?)(?:^\+\+\+|\Z))",
    re.S | re.M,
)
_MAX_ALIASES = 16
_MAX_DEPTH = 32
_INDENTED = re.compile(rf"^[ ?-]{{{_MAX_DEPTH}}}", re.M)  # every level of a block takes a column
_FALSE = {"false", "no", "off", "n", "0"}
_TRUE = {"true", "yes", "on", "y", "1"}


@cache
def _reader() -> tuple[Callable[[str], Any], type[Any]]:
    """What loads a text, and the class that it loads with; slow to import, and a vault whose notes are cached needs neither.

    YAML as Obsidian reads it, by version 1.2: `no` and `12:30` are texts; so are dates, which nothing here computes with.
    """
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    class Loader(yaml.CSafeLoader):
        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            """The same as always; most values are plain texts, and for those there is nothing to look up."""
            if type(node) is yaml.ScalarNode and node.tag == "tag:yaml.org,2002:str":
                return node.value
            return super().construct_object(node, deep)

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            """Keys are texts, as they are written: `1` and `true` are two, and one that stands there twice would lose a value."""
            keys: set[str] = set()
            for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
                if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                    if key.value in keys:
                        raise yaml.constructor.ConstructorError(
                            None, None, f"`{key.value}` stands there twice", key.start_mark
                        )
                    keys.add(key.value)
                    key.tag = "tag:yaml.org,2002:str"
            return super().construct_mapping(node, deep)

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in ("null", "merge")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    for tag, pattern, first in (
        ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", "[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
        ("float", r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))
    handler = YAMLHandler()
    return (lambda text: handler.load(text, Loader=Loader)), Loader


class FrontMatter(NamedTuple):
    """`metadata` is what the YAML says, `span` the text between the fences, `body` where the note begins."""

    metadata: Mapping[str, Any] = MappingProxyType({})
    span: Span = Span(0, 0)
    body: int = 0
    findings: tuple[Diagnostic, ...] = ()


def read(path: str, data: bytes) -> FrontMatter:
    """Read a note's front matter; a fault in it gives findings and no metadata, never an exception."""
    opening = _FENCE.match(data)
    closing = _CLOSE.search(data, opening.end()) if opening else None
    if not opening or not closing:
        # A rule at the top of a note that has no second one is a rule; but what was meant to keep a note back does.
        meant = _UNCLOSED.match(data.decode("utf-8", "replace"))
        kept = _kept_back(meant[1] or meant[2] or "", _SAID_IN_PROSE) if meant else {}
        body = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        if published(kept):
            return FrontMatter(kept, body=body)
        message = "front matter is not between two lines `---`, and the note is kept back as it says"
        help = "put `---` alone on the first line and on the one after the YAML"
        return FrontMatter(kept, body=body, findings=(report("VC101", message, path, Span(body, body), help=help),))
    import yaml

    load, loader = _reader()
    span = Span(opening.end(), closing.start())
    text = data[span.start : span.end].decode("utf-8", "replace")

    def bad(message: str, where: Span = span) -> FrontMatter:
        kept = _kept_back(text, _NAMED)
        help = "correct the YAML between the two `---` lines"
        if not published(kept):
            help += f"; until then the note is not published, since they hold the word `{next(iter(kept))}`"
        finding = report("VC101", message, path, where, help=help)
        # A template is no YAML before its placeholders are filled in.
        return FrontMatter(kept, span, closing.end(), () if _PLACEHOLDER.search(text) else (finding,))

    try:
        if too_much := _too_much(text, loader):
            return bad(too_much)
        metadata = load(text)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        problem = " ".join(str(fault.problem or "not YAML").split())
        if mark is None:
            return bad(f"front matter is not YAML: {problem}")
        at = span.start + len(text[: mark.index].encode())
        return bad(f"front matter is not YAML: {problem}", Span(at, at))
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as fault:
        return bad(f"front matter is not YAML: {str(fault).splitlines()[0] if str(fault) else type(fault).__name__}")
    except (LookupError, AttributeError):  # what PyYAML's own constructors raise for `!!bool x` and the like
        return bad("front matter is not YAML: a value is not what its tag says")
    if metadata is None:
        return FrontMatter(span=span, body=closing.end())
    if not isinstance(metadata, dict):
        return bad(f"front matter is {'a list' if isinstance(metadata, list) else 'a single value'}, not a mapping")
    said = _SAID.findall(text)
    if twice := next((key for key in said if said.count(key) > 1), None):
        return bad(f"front matter has `{twice}` twice")
    metadata = {str(key): value for key, value in metadata.items()}
    return FrontMatter(metadata, span, closing.end(), tuple(_mistyped(path, span, metadata)))


def _too_much(text: str, loader: type[Any]) -> str:
    """What front matter has too much of to be loaded, if anything: aliases, which multiply, or levels, which overflow the stack."""
    import yaml

    aliased = "*" in text and "&" in text
    if not aliased and text.count("[") + text.count("{") < _MAX_DEPTH and not _INDENTED.search(text):
        return ""
    aliases = 0
    open_: list[str | None] = []  # the anchors of the collections around
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            if event.anchor in open_:
                return f"front matter holds itself: `*{event.anchor}`"
        if aliases > _MAX_ALIASES:
            return f"front matter uses more than {_MAX_ALIASES} YAML aliases"
        if len(open_) > _MAX_DEPTH:
            return f"front matter is nested deeper than {_MAX_DEPTH} levels"
    return ""


def strings(value: Any, *, split: str = "") -> tuple[str, ...]:
    """The texts of a value that may be one or a list; one text is cut at any of the signs in `split`."""
    if value is None or isinstance(value, (dict, bool)):
        return ()
    items = value if isinstance(value, (list, tuple, set)) else [value]
    if split and isinstance(value, str):
        items = re.split(f"[{split}]+", value)
    return tuple(
        str(item).strip()
        for item in items
        if item is not None and not isinstance(item, (dict, list)) and str(item).strip()
    )


def published(metadata: Mapping[str, Any]) -> bool:
    """False for `publish: false` and `draft: true`, in any case and in any spelling of yes and no, and for a word that is neither:
    what an author may have meant to keep back is kept back. A date is when it was published."""
    said = [
        (fold(match[1]), value)
        for key, value in metadata.items()
        if value is not None and (match := _KEY.fullmatch(_plain(key)))
    ]
    return all(_out(value) if key == "publish" else _truth(value) is False for key, value in said)


def _plain(text: str) -> str:
    """A text with the signs that its author sees: no-break and wide spaces, wide letters, other colons and curly quotes are the
    plain ones, and what has no width is gone."""
    if text.isascii():
        return text
    seen = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return "".join(seen).translate(_LOOKS)


def _out(publish: Any) -> bool:
    return bool(_DATE.match(str(publish))) or _truth(publish) is True


def _kept_back(text: str, pattern: re.Pattern[str]) -> Mapping[str, Any]:
    """What a text that is no YAML says about publishing: a slip must not publish a draft. Of several words the one that keeps it
    back counts."""
    said = [{fold(match[1]): match[2] or match[3] or ""} for match in pattern.finditer(_plain(text))]
    return next((one for one in said if not published(one)), said[0] if said else {})


def _truth(value: Any) -> bool | None:
    if isinstance(value, (bool, int)):
        return bool(value)
    text = str(value).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _texts(value: Any) -> bool:
    if isinstance(value, list):
        return all(not isinstance(item, (dict, list)) for item in value)
    return not isinstance(value, (dict, bool))


# Keys that vaultc reads, what their value should be, and whether one is.
_TYPES: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("title", "text", lambda v: not isinstance(v, (dict, list))),
    ("aliases", "a list of texts", _texts),
    ("alias", "a list of texts", _texts),
    ("tags", "a list of texts", _texts),
    ("tag", "a list of texts", _texts),
    ("publish", "true, false or a date", lambda v: _truth(v) is not None or bool(_DATE.match(str(v)))),
    ("draft", "true or false", lambda v: _truth(v) is not None),
)


def _mistyped(path: str, span: Span, metadata: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for key, want, fits in _TYPES:
        value = metadata.get(key)
        if value is not None and not fits(value):
            yield report("VC102", f"`{key}` is not {want}", path, span, help=f"write `{key}` as {want}")
