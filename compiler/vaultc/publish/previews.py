"""What links show of a page: a small file for each, at an address that follows from the page's own."""

from pathlib import Path


def preview_file(page: str) -> str:
    """Where the preview of the page at `page` lies, both relative to the site."""
    return f"assets/vaultc/preview/{page.removesuffix('.html')}.json"


def write_preview(site: Path, page: str, preview: str) -> Path:
    """Write the preview of a page; its path. Raises OSError."""
    path = site / preview_file(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(preview.encode("utf-8", "replace"))
    return path
