"""What an import makes of a source."""

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from vaultc.parse.mojibake import Repair


class Draft(NamedTuple):
    """A note to be: `source` is the address or the file that it is from, `front` the YAML that the source had, `metadata` what
    that says; `names` are what links of its program call it, and `folder` is its place in that program's hierarchy."""

    title: str
    body: str
    source: str
    date: datetime.date | None = None
    front: str = ""
    metadata: Mapping[str, Any] = MappingProxyType({})
    repairs: tuple[Repair, ...] = ()
    names: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()
