"""The Markdown that the object code is written in: Python-Markdown's extensions and their settings, for MkDocs and Zensical alike."""

from typing import Any, Final

from pymdownx.slugs import slugify
from pymdownx.superfences import fence_code_format

from vaultc.publish import footnotes, marked, sanitize, tasks

_SLUG: Final = {"case": "lower"}
EXTENSIONS: Final[dict[str, dict[str, Any]]] = {
    "attr_list": {},
    "footnotes": {},
    "md_in_html": {},
    "sane_lists": {},
    "tables": {},
    "toc": {"permalink": True, "slugify": slugify(**_SLUG)},
    "pymdownx.arithmatex": {"generic": True, "block_syntax": ["dollar"], "inline_syntax": ["dollar"]},
    "pymdownx.betterem": {},
    "pymdownx.blocks.html": {},
    "pymdownx.highlight": {"anchor_linenums": True, "pygments_lang_class": True, "stripnl": False},
    "pymdownx.mark": {},
    "pymdownx.quotes": {"callouts": True},
    "pymdownx.superfences": {
        "custom_fences": [{"name": "mermaid", "class": "mermaid", "format": fence_code_format}],
        "disable_indented_code_blocks": True,
        "preserve_tabs": True,
        "relaxed_headers": True,
    },
    "pymdownx.tasklist": {"custom_checkbox": True},
    "pymdownx.tilde": {"subscript": False},
    tasks.__name__: {},
    footnotes.__name__: {},
    marked.__name__: {},
}


def extensions(html: str) -> dict[str, dict[str, Any]]:
    """The extensions that a generator needs, with their settings, for pages whose HTML is `sanitized` or `trusted`. Object files hold
    what their notes hold: sanitising is the last of these."""
    return EXTENSIONS if html == "trusted" else {**EXTENSIONS, sanitize.__name__: {}}


def written(html: str) -> dict[str, dict[str, Any]]:
    """`extensions` as a file can say them: functions by name, in the way in which Zensical reads them."""
    found = extensions(html)
    fences = found["pymdownx.superfences"]
    named = [
        {**fence, "format": f"{fence_code_format.__module__}.{fence_code_format.__name__}"}
        for fence in fences["custom_fences"]
    ]
    return {
        **found,
        "toc": {**found["toc"], "slugify": {"object": f"{slugify.__module__}.{slugify.__name__}", "kwds": _SLUG}},
        "pymdownx.superfences": {**fences, "custom_fences": named},
    }
