"""What the rules about measurements share: where they point, and how they speak of a result."""

from vaultc.bench.records.attach import Attached
from vaultc.bench.records.model import Point
from vaultc.bench.records.results import setting
from vaultc.graph import Vault
from vaultc.text import Span

# What speaks for a snippet as it stands now.
CURRENT = ("ok", "older-environment")


def opening(vault: Vault, measured: Attached) -> Span:
    """The line that opens the benchmark's block."""
    span = measured.snippet.span
    end = vault.text(measured.note).find(b"\n", span.start, span.end)
    return Span(span.start, end if end >= 0 else span.end)


def listed(points: list[Point]) -> str:
    """The first point, and how many others there are."""
    others = len(points) - 1
    return f"{setting(points[0])}{f' and {others} more' if others else ''}"
