"""Where a note's page stands in the site."""

from vaultc.text import fold


def url(path: str) -> str:
    """The address of a note's page relative to the site's root, unquoted: `a/b.md` → `a/b/`, `a/index.md` → `a/`."""
    folder, _, name = path[:-3].rpartition("/")
    if fold(name) in ("index", "readme"):
        return f"{folder}/" if folder else ""
    return f"{path[:-3]}/"
