"""What a page may load and run: its Content-Security-Policy."""

from typing import Final

from vaultc.config import Project

# Of another host a page shows what its note does: pictures, sounds, films, frames. None of its scripts or styles, and no script of a note.
_SHOWN: Final = "'self' data: https: http:"
_POLICY: Final = {
    "default-src": "'self'",
    # Notes have style attributes, and each of Mermaid's drawings a style sheet of its own.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": _SHOWN,
    "media-src": _SHOWN,
    "frame-src": "'self' https: http:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
# How `extra` of a generator's settings calls it, where templates find it.
KEY: Final = "content_security_policy"


def policy(project: Project, *, offline: bool = False) -> str:
    """The policy of a project's pages: what its configuration says of a directive stands for ours. On a disk a page's own host is that."""
    own = {name: sources.replace("'self'", "'self' file:") if offline else sources for name, sources in _POLICY.items()}
    directives = {**own, **project.config.content_security_policy}
    return "; ".join(f"{name} {sources}".strip() for name, sources in directives.items())
