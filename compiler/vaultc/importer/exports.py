"""The JSON that chat services export: `conversations.json` of ChatGPT and of Claude. Fields that are not needed are passed over."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from vaultc.errors import VaultcError
from vaultc.importer.chats import Conversation, Turn

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class _Content(msgspec.Struct):
    parts: list[Any] = []
    text: str | None = None


class _Author(msgspec.Struct):
    role: str = ""


class _Message(msgspec.Struct):
    author: _Author = msgspec.field(default_factory=_Author)
    id: str = ""
    create_time: float | None = None
    content: _Content | None = None


class _Step(msgspec.Struct):
    parent: str | None = None
    message: _Message | None = None


class _ChatGPT(msgspec.Struct):
    """A conversation of ChatGPT: a tree of messages, of which `current_node` ends the branch that was last seen."""

    mapping: dict[str, _Step]
    title: str | None = None
    current_node: str | None = None
    conversation_id: str | None = None
    id: str | None = None


class _Part(msgspec.Struct):
    type: str = ""
    text: str | None = None


class _Said(msgspec.Struct):
    sender: str = ""
    uuid: str = ""
    text: str | None = None
    created_at: str | None = None
    content: list[_Part] = []


class _Claude(msgspec.Struct):
    """A conversation of Claude."""

    chat_messages: list[_Said]
    name: str | None = None
    uuid: str | None = None


def read(name: str, text: str) -> list[Conversation]:
    """The conversations of an export, in its order, without those in which nothing was said.

    Raises VaultcError when it is no export of a kind that is known.
    """
    data = text.encode("utf-8", "surrogatepass")
    listed = text.lstrip()[:1] == "["
    for kind, make in ((_ChatGPT, _of_chatgpt), (_Claude, _of_claude)):
        try:
            found = msgspec.json.decode(data, type=list[kind]) if listed else [msgspec.json.decode(data, type=kind)]  # type: ignore[valid-type]
        except msgspec.ValidationError:
            continue
        except (msgspec.DecodeError, RecursionError) as fault:
            raise VaultcError(f"{name}: is no JSON: {fault}") from None
        talks = [make(name, talk) for talk in found]
        return [talk for talk in talks if any(turn.text.strip() for turn in talk.turns)]
    raise VaultcError(f"{name}: JSON, but neither ChatGPT's nor Claude's conversations: give their conversations.json")


def _of_chatgpt(name: str, talk: Any) -> Conversation:
    turns = []
    for step in reversed(_branch(talk.mapping, talk.current_node)):
        message = step.message
        if message and message.content and message.author.role in ("user", "assistant"):
            parts = [part for part in message.content.parts if isinstance(part, str)]
            text = "\n\n".join(parts) or message.content.text or ""
            turns.append(Turn(message.author.role == "user", text, _at(message.create_time), _id(message.id)))
    known = talk.conversation_id or talk.id
    return Conversation(talk.title or "", f"https://chatgpt.com/c/{known}" if _id(known) else name, tuple(turns))


def _branch(mapping: dict[str, _Step], end: str | None) -> list[_Step]:
    """The steps from the last to the first; without a known end, those from the step that was written last."""
    at = end if end in mapping else next(reversed(mapping), None)
    out: dict[str, _Step] = {}
    while at is not None and at in mapping and at not in out:
        out[at] = mapping[at]
        at = mapping[at].parent
    return list(out.values())


def _of_claude(name: str, talk: Any) -> Conversation:
    turns = []
    for said in talk.chat_messages:
        text = said.text or "\n\n".join(part.text for part in said.content if part.type == "text" and part.text)
        turns.append(Turn(said.sender == "human", text, _iso(said.created_at), _id(said.uuid)))
    source = f"https://claude.ai/chat/{talk.uuid}" if _id(talk.uuid) else name
    return Conversation(talk.name or "", source, tuple(turns))


def _id(text: str | None) -> str:
    """What can be a block's id; empty for anything else."""
    return text if text and _ID.fullmatch(text) else ""


def _at(seconds: float | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _iso(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
