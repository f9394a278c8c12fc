"""A site that is read from a disk, without a server: there a folder's address shows its files, and a page may fetch nothing."""

import json
import re
from pathlib import Path
from typing import Final

from vaultc.emit import GRAPH

# How `extra` of a generator's settings calls it, where templates find it.
KEY: Final = "offline"
_INDEX: Final = "index.html"
_LINK: Final = re.compile(rb'(<a\b[^>]*?\shref=")([^":?#]*)((?:[?#][^"]*)?")')


def linked(page: bytes) -> bytes:
    """The HTML of a page, its links to folders leading to the pages in them."""
    return _LINK.sub(lambda link: link[1] + address(link[2].decode()).encode() + link[3], page)


def address(path: str) -> str:
    """A relative address of a page, by the name of its file."""
    if not path or path.startswith("/"):
        return path
    last = path.rpartition("/")[2]
    return f"{path}{_INDEX}" if not last else f"{path}/{_INDEX}" if last in (".", "..") else path


def said(data: str) -> str:
    """JSON as a script that says it."""
    return f"vaultcSaid({data})"


def tell_graph(site: Path) -> None:
    """Let the file of the topic map be a script, and its notes lead to files. Raises OSError."""
    file = site / GRAPH
    if file.is_file():
        graph = json.loads(file.read_bytes())
        for node in graph["nodes"]:
            if node["url"] is not None:
                node["url"] = address(node["url"]) or _INDEX
        text = said(json.dumps(graph, ensure_ascii=False, separators=(",", ":")))
        file.unlink()  # it may be that of the last site, too
        file.write_bytes(text.encode("utf-8", "replace"))
