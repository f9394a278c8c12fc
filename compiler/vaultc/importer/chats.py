"""A conversation with a language model, and the note that it becomes."""

import re
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from vaultc.importer import prose
from vaultc.importer.draft import Draft

# Chats that a plugin for Obsidian writes as callouts: `>[!nexus_user] **User** - 18.06.2025 at 22:06`.
_HEAD = re.compile(r"^>[ ]?\[!nexus_(\w+)\][^\n]*?(?:(\d\d)\.(\d\d)\.(\d{4}) at (\d\d):(\d\d))?[ ]*$")
_UID = re.compile(r"^<!-- UID: ([0-9A-Za-z-]{1,64}) -->$")


class Turn(NamedTuple):
    """What one side says; `id` is letters, digits and hyphens, or empty; `below` is what somebody noted under it."""

    asks: bool
    text: str
    when: datetime | None = None
    id: str = ""
    below: str = ""


class Conversation(NamedTuple):
    """A chat; `title` may be empty, `source` is its address or file."""

    title: str
    source: str
    turns: tuple[Turn, ...]


def read(name: str, text: str) -> Conversation | None:
    """The conversation that a file of callouts holds; None when it holds none."""
    lines = text.split("\n")
    heads = [at for at, line in enumerate(lines) if _HEAD.match(line)]
    if not heads or any(line.strip() for line in lines[: heads[0]]):
        return None
    turns = [_turn(lines[start:end]) for start, end in zip(heads, [*heads[1:], len(lines)], strict=True)]
    return Conversation("", name, tuple(turns))


def _turn(lines: list[str]) -> Turn:
    head = _HEAD.match(lines[0])
    assert head is not None
    said = [line[1:].removeprefix(" ") for line in takewhile(lambda line: line.startswith(">"), lines[1:])]
    rest = lines[1 + len(said) :]
    uid = next((mark[1] for line in rest if (mark := _UID.match(line))), "")
    below = "\n".join(line for line in rest if not _UID.match(line)).strip("\n")
    when = None
    if head[2]:
        day, month, year, hour, minute = map(int, head.groups()[1:])
        when = prose.moment(year, month, day, hour, minute)
    return Turn(head[1] == "user", "\n".join(said).strip("\n"), when, uid, below)


def draft(talk: Conversation) -> Draft:
    """The note of a conversation: each question as a callout, each answer as text below it, with its id as a block id."""
    first = next((turn.when for turn in talk.turns if turn.when), None)
    asked = next((turn.text for turn in talk.turns if turn.asks), "")
    title = " ".join(talk.title.split()) or prose.opening(asked) or talk.source
    body = "\n\n".join(_said(turn) for turn in talk.turns if turn.text.strip())
    return Draft(title, body, talk.source, first.date() if first else None)


def _said(turn: Turn) -> str:
    text = prose.below(turn.text.strip("\n"))
    if turn.asks:
        when = f" · {turn.when:%Y-%m-%d %H:%M}" if turn.when else ""
        text = "\n".join(f"> {line}".rstrip() for line in (f"[!question]{when}", *text.split("\n")))
    return "\n\n".join(part for part in (text, turn.id and f"^{turn.id}", turn.below) if part)
