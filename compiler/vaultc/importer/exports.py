"""The JSON that chat services export: `conversations.json` of ChatGPT and of Claude. Fields that are not needed are passed over."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from vaultc.errors import VaultcError
from vaultc.importer.chats import Conversation, Turn

# Where ChatGPT's own pages show a source: signs of private use around words for a program.
_MARK = re.compile("\ue200[^\ue201]{0,400}\ue201")
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class _Content(msgspec.Struct):
    content_type: str = ""
    parts: list[Any] = []
    text: Any = None
    language: Any = None


class _Author(msgspec.Struct):
    role: Any = ""


class _Message(msgspec.Struct):
    author: _Author = msgspec.field(default_factory=_Author)
    id: Any = ""
    create_time: Any = None
    content: _Content | None = None


class _Step(msgspec.Struct):
    parent: str | None = None
    message: Any = None


class _ChatGPT(msgspec.Struct):
    """A conversation of ChatGPT: a tree of messages, of which `current_node` ends the branch that was last seen."""

    mapping: dict[str, _Step]
    title: Any = None
    current_node: Any = None
    conversation_id: Any = None
    id: Any = None


class _Said(msgspec.Struct):
    sender: Any = ""
    uuid: Any = ""
    text: Any = None
    created_at: Any = None
    content: list[dict[str, Any]] = []
    attachments: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []


class _Claude(msgspec.Struct):
    """A conversation of Claude."""

    chat_messages: list[Any]
    name: Any = None
    uuid: Any = None


def read(name: str, text: str) -> list[Conversation]:
    """The conversations of an export, in its order, without those in which nothing was said. A message of an unknown form is passed over.

    Raises VaultcError when it is no export of a kind that is known.
    """
    data = text.encode("utf-8", "surrogatepass")
    listed = text.lstrip()[:1] == "["
    kinds: tuple[tuple[type, Callable[[str, Any], Conversation]], ...] = (
        (_ChatGPT, _of_chatgpt),
        (_Claude, _of_claude),
    )
    for kind, make in kinds:
        try:
            found = msgspec.json.decode(data, type=list[kind]) if listed else [msgspec.json.decode(data, type=kind)]  # type: ignore[valid-type]
        except msgspec.ValidationError:
            continue
        except (msgspec.DecodeError, RecursionError) as fault:
            raise VaultcError(f"{name}: is no JSON: {fault}") from None
        talks = [make(name, talk) for talk in found]
        return [talk for talk in talks if any(turn.text.strip() for turn in talk.turns)]
    raise VaultcError(f"{name}: JSON, but neither ChatGPT's nor Claude's conversations: give their conversations.json")


def _of_chatgpt(name: str, talk: _ChatGPT) -> Conversation:
    turns = []
    for step in reversed(_branch(talk.mapping, talk.current_node)):
        message = _converted(step.message, _Message)
        if message and message.content and message.author.role in ("user", "assistant"):
            text = _of_content(message.content)
            turns.append(Turn(message.author.role == "user", text, _at(message.create_time), _id(message.id)))
    known = _id(talk.conversation_id) or _id(talk.id)
    return Conversation(_text(talk.title), f"https://chatgpt.com/c/{known}" if known else name, tuple(turns))


def _of_content(content: _Content) -> str:
    """What a message says: text, the code that a tool was called with, and where pictures and other files stood."""
    if content.content_type == "code":
        return _code(content.text, content.language)
    parts = [part if isinstance(part, str) else _file(part) for part in content.parts]
    return _MARK.sub("", "\n\n".join(part for part in parts if part) or _text(content.text))


def _file(part: Any) -> str:
    kind = _text(part.get("content_type")) if isinstance(part, dict) else ""
    return f"*({kind.partition('_')[0]})*" if kind.endswith("asset_pointer") else ""


def _code(text: Any, language: Any) -> str:
    """A block of code; empty when there is none."""
    if not _text(text).strip():
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    word = re.fullmatch(r"[\w+#.-]{1,20}", _text(language))
    return f"{fence:`<3}{word[0] if word and word[0] != 'unknown' else ''}\n{text.rstrip()}\n{fence:`<3}"


def _branch(mapping: dict[str, _Step], end: Any) -> list[_Step]:
    """The steps from the last to the first; without a known end, those from the step that was written last."""
    at = end if isinstance(end, str) and end in mapping else next(reversed(mapping), None)
    out: dict[str, _Step] = {}
    while at is not None and at in mapping and at not in out:
        out[at] = mapping[at]
        at = mapping[at].parent
    return list(out.values())


def _of_claude(name: str, talk: _Claude) -> Conversation:
    turns = []
    for message in talk.chat_messages:
        if said := _converted(message, _Said):
            text = "\n\n".join(filter(None, map(_of_part, said.content))) or _text(said.text)
            files = dict.fromkeys(_text(file.get("file_name")) for file in (*said.attachments, *said.files))
            text += "".join(f"\n\n*({' '.join(file.split())})*" for file in files if file)
            turns.append(Turn(said.sender == "human", text.strip(), _iso(said.created_at), _id(said.uuid)))
    known = _id(talk.uuid)
    return Conversation(_text(talk.name), f"https://claude.ai/chat/{known}" if known else name, tuple(turns))


def _of_part(part: dict[str, Any]) -> str:
    """What a part of a message says: text, or what a tool was given to write."""
    if part.get("type") == "tool_use" and isinstance(given := part.get("input"), dict):
        return _code(given.get("content"), given.get("language"))
    return _text(part.get("text")) if part.get("type") == "text" else ""


_T = TypeVar("_T")


def _converted(data: Any, kind: type[_T]) -> _T | None:
    """A record of what was read; None where it has another form."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _id(value: Any) -> str:
    """What can be a block's id; empty for anything else."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _at(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _iso(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None
