"""Films and posts of other sites, which Obsidian shows where an image stands. A page asks nothing of those sites by itself: it has a
link, in whose place the reader's click puts the frame."""

import html
import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from vaultc.emit.lower import pieces
from vaultc.emit.lower.escape import escape

_VIDEO = re.compile(r"[\w-]{6,20}")
_SECONDS = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")
_POST = re.compile(r"/(\w{1,20})/status/(\d{1,20})(?:/.*)?")
_LED = ("/shorts/", "/live/", "/embed/")  # what stands before the name of a film, where its address has no `v=`
_FILMS = frozenset(("youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"))
_POSTS = frozenset(("twitter.com", "x.com", "mobile.twitter.com"))


class Card(NamedTuple):
    """`frame` is the address of what a click shows, `name` what it is called where the note has no words for it."""

    frame: str
    name: str


def card(address: str) -> Card | None:
    """What stands for an image at this address; None where it is an image."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    if host in _POSTS and (post := _POST.fullmatch(parts.path)):
        return Card(f"https://platform.twitter.com/embed/Tweet.html?dnt=true&id={post[2]}", f"@{post[1]} · X")
    given = parse_qs(parts.query)
    video = parts.path[1:] if host == "youtu.be" else ""
    if host in _FILMS:
        led = next((lead for lead in _LED if parts.path.startswith(lead)), "")
        video = parts.path.removeprefix(led) if led else next(iter(given.get("v", ())), "")
    if not _VIDEO.fullmatch(video):
        return None
    start = _seconds(next(iter(given.get("t", given.get("start", ()))), ""))
    begin = f"&start={start}" if start else ""
    return Card(f"https://www.youtube-nocookie.com/embed/{video}?autoplay=1{begin}", "YouTube")


def written(found: Card, address: str, words: str, *, cell: bool) -> str:
    """The card in a line of Markdown, or in a `cell`, with the note's own `words` for it."""
    frame, place = html.escape(found.frame), html.escape(address)
    opening = f'<a data-vaultc="card" data-frame="{frame}" href="{place}" rel="noreferrer">'
    name = escape(found.name, lines=False, cell=cell)
    shown = f"{escape(words, lines=False, cell=cell)} <small>{name}</small>" if words else name
    return f"{pieces.tag(opening, one_line=True, cell=cell)}{shown}</a>"


def _seconds(text: str) -> int:
    """A time as YouTube writes it, `90`, `90s` or `1m30s`."""
    match = _SECONDS.fullmatch(text[:12])
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds
