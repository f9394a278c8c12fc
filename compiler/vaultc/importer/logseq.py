"""Logseq's outlines: properties, tasks, references to blocks and embeds (https://docs.logseq.com/#/page/markdown)."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from vaultc import parse
from vaultc.importer.draft import Draft
from vaultc.parse.ranges import Ranges
from vaultc.text import Span

# Properties of a page, `key:: value`, stand before the first block.
_PAGE = re.compile(r"\A((?:[\w-]+::(?: [^\n]*)?\n)+)")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_BLOCK_ID = re.compile(rf"^([ \t]*[-*] [^\n]*(?:\n(?![ \t]*[-*] )[^\n]+)*?)\n[ \t]*id:: ({_UUID})[ \t]*$", re.M)
_PROPERTY = re.compile(r"\n[ \t]+(?:collapsed|logseq\.[\w.-]+):: [^\n]*")
_TASK = re.compile(r"^([ \t]*[-*] )(TODO|DOING|LATER|NOW|WAITING|DONE) ", re.M)
_PAGE_EMBED = re.compile(r"\{\{embed (\[\[[^\[\]\n]+\]\])\}\}")
_LONG_TAG = re.compile(r"(?<![\w#])#(\[\[[^\[\]\n]+\]\])")
_REFERENCE = re.compile(rf"\{{\{{embed \(\(({_UUID})\)\)\s*\}}\}}|\(\(({_UUID})\)\)")
_LISTS = {"tags": "tags", "alias": "aliases"}


def markdown(text: str) -> str:
    """The text of a page as Markdown with front matter; as it is, when it begins with no properties and refers to no block."""
    head = _PAGE.match(text)
    body = text[head.end() :] if head else text
    if head or _REFERENCE.search(body) or _BLOCK_ID.search(body):
        body = _outside_code(body, _PROPERTY, lambda _: "")
        body = _outside_code(body, _BLOCK_ID, lambda match: f"{match[1]} ^{match[2]}")
        body = _outside_code(body, _TASK, lambda match: f"{match[1]}[{'x' if match[2] == 'DONE' else ' '}] ")
        body = _outside_code(body, _PAGE_EMBED, lambda match: f"!{match[1]}")
        body = _outside_code(body, _LONG_TAG, lambda match: match[1])
    if not head:
        return body
    front = yaml.safe_dump(dict(map(_property, head[1].splitlines())), allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{front}---\n{body}"


def _property(line: str) -> tuple[str, Any]:
    key, _, value = line.partition("::")
    value = value.strip()
    if key not in _LISTS:
        return key, value
    items = (item.strip().removeprefix("#").removeprefix("[[").removesuffix("]]") for item in value.split(","))
    # A tag holds no blank.
    return _LISTS[key], [item.replace(" ", "-") if key == "tags" else item for item in items if item]


def linked(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with references to blocks of one of them as links; what refers to others stays as it is."""
    if not any("((" in draft.body for draft in drafts):
        return list(drafts)
    owners = {uuid: draft for draft in drafts for uuid in re.findall(rf" \^({_UUID})$", draft.body, re.M)}

    def of(draft: Draft) -> Callable[[re.Match[str]], str]:
        def link(match: re.Match[str]) -> str:
            uuid = match[1] or match[2]
            owner = owners.get(uuid)
            if owner is None:
                return match[0]
            return f"{'!' * bool(match[1])}[[{'' if owner is draft else owner.names[0]}#^{uuid}]]"

        return link

    return [draft._replace(body=_outside_code(draft.body, _REFERENCE, of(draft))) for draft in drafts]


def _outside_code(text: str, pattern: re.Pattern[str], written: Callable[[re.Match[str]], str]) -> str:
    if not pattern.search(text):
        return text
    data = text.encode("utf-8", "surrogatepass")
    code = Ranges(
        Span(event.start, event.end) for event in parse.read(data).events if event.name in ("Code", "+CodeBlock")
    )
    at, place = 0, 0
    out = []
    for match in pattern.finditer(text):
        place += len(text[at : match.start()].encode("utf-8", "surrogatepass"))
        out += [text[at : match.start()], match[0] if place in code else written(match)]
        place += len(match[0].encode("utf-8", "surrogatepass"))
        at = match.end()
    return "".join((*out, text[at:]))
