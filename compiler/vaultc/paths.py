"""The one door for names: what a note calls something, as part of a path."""

import re
import unicodedata

from vaultc.disk import digest

# What some system, or a shell or an address, does not take in the name of a file.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+')
# Windows opens a device by any of these, whatever follows a dot (Naming Files, Paths, and Namespaces).
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?= *(\.|$))", re.I)


def component(name: str, longest: int = 200) -> str:
    """A file or folder name, of at most `longest` bytes, for something that a note names: never empty, hidden or a way elsewhere.

    The same text always gives the same name; two texts may give one, so the caller keeps them apart.
    """
    text = " ".join(_FORBIDDEN.sub("-", unicodedata.normalize("NFC", name)).split()).strip(". ") or "_"
    text = _DEVICE.sub(r"\1_", text) if _DEVICE.match(text) else text
    if len(text.encode()) > longest:
        mark = f"-{digest(text.encode())[:8]}"
        text = text.encode()[: longest - len(mark)].decode("utf-8", "ignore").rstrip(". ") + mark
    return text
