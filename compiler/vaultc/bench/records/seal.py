"""What makes a hand-edited line tell: each carries a digest over its content and the line before it.

This shows accidents and edits, and lines that were moved or taken out. Who recomputes the digests of a whole file can
write what he likes; against him there is the repository's history.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

LATE = timedelta(days=1)
"""How far a clock may be ahead of ours."""


def origin(id: str, machine: str) -> str:
    """What the first line of a file follows: a line that is copied to another file follows nothing there."""
    return _sha256(f"{id}/{machine}")


def sealed(body: Mapping[str, Any], previous: str) -> str:
    """The line of a record, without the line break. ``previous`` is the digest of the line before it, or the origin."""
    content = {**body, "previous": previous}
    line = {**content, "digest": digest(content)}
    return json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def digest(content: Mapping[str, Any]) -> str:
    """The digest of a record, whatever the order of its keys."""
    kept = {key: value for key, value in content.items() if key != "digest"}
    return _sha256(json.dumps(kept, ensure_ascii=True, separators=(",", ":"), sort_keys=True))


def broken(body: Mapping[str, Any], known: Collection[str]) -> str:
    """What is wrong with a line's seal; empty where nothing is. ``known`` are the origin and all digests of the file."""
    if not isinstance(body.get("digest"), str):
        return "it carries no digest"
    if digest(body) != body["digest"]:
        return "it was changed after it was written"
    if body.get("previous") not in known:
        return "the line before it is gone, or it belongs to another file"
    return ""


def from_the_future(started: str) -> bool:
    """Whether a moment such as ``2026-01-31T12:34:56Z`` is still to come, or none at all."""
    try:
        moment = datetime.strptime(started, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return True
    return moment > datetime.now(UTC) + LATE


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
