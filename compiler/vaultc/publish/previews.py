"""What links show of a page: a small file for each, at an address that follows from the page's own."""

from pathlib import Path

from vaultc.publish.offline import said


def preview_file(page: str) -> str:
    """Where the preview of the page at `page` lies, both relative to the site."""
    return f"assets/vaultc/preview/{page.removesuffix('.html')}.json"


def write_preview(site: Path, page: str, preview: str, *, offline: bool = False) -> Path:
    """Write the preview of a page, as a script in a site that is read from a disk; its path. Raises OSError."""
    path = site / preview_file(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((said(preview) if offline else preview).encode("utf-8", "replace"))
    return path
