"""The graph as one HTML file that needs nothing else, drawn by pyvis. The only module that imports it."""

import colorsys
import html
import re
from typing import Any

from vaultc.errors import VaultcError

# Bootstrap is fetched from another host even where everything is asked for in line; the drawing does without it.
_REMOTE = re.compile(r"<link\b[^>]*\bhref=\"https?:[^>]*>|<script\b[^>]*\bsrc=\"https?:[^>]*>\s*</script>", re.S)
# No request may leave the file, whatever a later pyvis puts into it.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_SCALE = 120


def render(document: dict[str, Any]) -> str:
    """The page for a graph as `graph_json` gives it; titles are text in it, never markup.

    Raises VaultcError when pyvis is not installed.
    """
    try:
        from pyvis.network import Network
    except ImportError:
        raise VaultcError("the html graph needs pyvis: pip install 'vaultc[pyvis]'") from None
    network = Network(height="100vh", width="100%", directed=True, cdn_resources="in_line", neighborhood_highlight=True)
    network.toggle_physics(False)
    side = _SCALE * max(len(document["nodes"]), 1) ** 0.5
    for node in document["nodes"]:
        network.add_node(
            node["id"],
            label=node["title"],
            # pyvis sets a tooltip with the word as HTML.
            title=None if "href" in node["id"] else node["id"],
            x=round(node["x"] * side, 1),
            y=round(node["y"] * side, 1),
            size=round(8 + 60 * node["pagerank"] ** 0.5, 1),
            color=_color(node["community"]) if node["exists"] else "#c0c0c0",
            shape="dot",
        )
    for source, target in dict.fromkeys((edge["source"], edge["target"]) for edge in document["edges"]):
        network.add_edge(source, target, color="#b8b8b8", arrowStrikethrough=False)
    page = _REMOTE.sub("", network.generate_html())
    name = html.escape(document["root"].replace("\\", "/").rpartition("/")[2])
    head = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n<title>{name}</title>\n<style>body {{ margin: 0 }}</style>'
    return "<!doctype html>\n" + page.replace("<head>", f"<head>\n{head}", 1) + "\n"


def _color(community: int) -> str:
    """A colour for each community; neighbours in number differ most (golden angle)."""
    red, green, blue = colorsys.hls_to_rgb(community * 0.381966 % 1, 0.55, 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
