"""What the search of a built site knows: notes by all their names, and nothing that stands on another page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

NOTES = {
    "Mamba.md": "---\naliases: [Мамба, mamba_architecture]\ntags: [state]\n---\n\nA state. See [[Attention]].\n",
    "Attention.md": "---\naliases: [Внимание]\ntags: [state]\n---\n\nScores of pairs.\n\n## Cost\n\nQuadratic.\n",
    "folder/Deep.md": "Only one word here: heliotrope. See [[Mamba]].\n",
}


def index(folder: Path) -> list[dict[str, str]]:
    vault = folder / "vault"
    for name, text in NOTES.items():
        (vault / name).parent.mkdir(parents=True, exist_ok=True)
        (vault / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vaultc", "build", str(vault), "--site-dir", str(folder / "site")],
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    docs: list[dict[str, str]] = json.loads((folder / "site/search/search_index.json").read_text("utf-8"))["docs"]
    return docs


def test_notes_are_found_by_their_names_and_not_through_the_pages_around_them(tmp_path: Path) -> None:
    docs = index(tmp_path)
    assert [doc["location"] for doc in docs if "Мамба" in doc["text"]] == ["Mamba/"]
    assert [doc["location"] for doc in docs if "heliotrope" in doc["text"]] == ["folder/Deep/"]
    assert {doc["location"].partition("#")[0] for doc in docs} == {"Mamba/", "Attention/", "folder/Deep/"}
    assert not [doc for doc in docs if "linked-from" in doc["location"]]
