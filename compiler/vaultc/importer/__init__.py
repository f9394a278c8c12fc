"""Notes from what other programs wrote: chats, exports of chats, and Markdown in other dialects.

A stage aside: it makes texts of notes, and neither reads nor writes a vault.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import yaml

from vaultc.errors import VaultcError
from vaultc.importer import archives, chats, exports, logseq, pages, prose
from vaultc.importer.draft import Draft
from vaultc.parse import mojibake

__all__ = ["Draft", "compose", "joined", "read"]


def read(name: str, data: bytes) -> list[Draft]:
    """The notes that a file called `name` holds: one, or one for each conversation of an export, each note of an archive.

    Raises VaultcError, one line, for a file that is none of the known kinds.
    """
    if archives.is_archive(data):
        return [draft for member, content in archives.members(name, data) for draft in read(member, content)]
    text, repairs = mojibake.repaired(_decoded(name, data).replace("\r\n", "\n"))
    file = PurePath(name)
    if file.suffix.lower() == ".json" or text.lstrip()[:2] in ("[{", '{"'):
        drafts = [chats.draft(talk) for talk in exports.read(name, text)]
    elif talk := chats.read(file.name, text):
        drafts = [chats.draft(talk)]
    else:
        drafts = [pages.draft(file.name, text)]
    return [_finished(draft)._replace(repairs=repairs) for draft in drafts]


def joined(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts of one import, with references to blocks of each other as links."""
    return logseq.linked(drafts)


def compose(draft: Draft) -> str:
    """The text of the note: front matter, then the body. Front matter that the source had stays as it was, with the rest below."""
    known = {key: value for key, value in _front(draft).items() if key not in draft.metadata}
    added = yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=1000) if known else ""
    return f"---\n{draft.front}{added}---\n\n{draft.body.strip()}\n"


def _front(draft: Draft) -> Mapping[str, Any]:
    fields = {"title": draft.title, "source": draft.source, "date": draft.date, "lang": prose.language(draft.body)}
    return {key: value for key, value in fields.items() if value}


def _finished(draft: Draft) -> Draft:
    return draft._replace(body=prose.mathematics(draft.body))


def _decoded(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise VaultcError(f"{name}: byte {fault.start} is not UTF-8: save the file as UTF-8 text") from None
    if "\0" in text:
        raise VaultcError(f"{name}: holds NUL bytes, so it is no text")
    return text
