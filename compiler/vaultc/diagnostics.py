"""What the compiler says about a vault: one record, and the register of codes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from vaultc.text import Span


class Severity(IntEnum):
    """How much a finding matters; `OFF` is only ever configured, never reported."""

    OFF = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding. Codes are append-only and never reused."""

    code: str
    name: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Label:
    """Another place that belongs to a finding, with what it has to do with it."""

    path: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of `span` in `path` by `text`."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A safe repair: applying its edits leaves the meaning that the author had."""

    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding in one place.

    `message` is one lower-case phrase that says what is wrong, `help` what to do; `suggestions` are ranked, at most three;
    `path` is relative to the vault; a finding about a whole file has the empty span at 0.
    """

    code: str
    name: str
    severity: Severity
    message: str
    path: str
    span: Span = Span(0, 0)
    labels: tuple[Label, ...] = ()
    help: str = ""
    suggestions: tuple[str, ...] = ()
    fix: Fix | None = None

    @property
    def sort_key(self) -> tuple[str, Span, str, str]:
        return (self.path, self.span, self.code, self.message)


_REGISTER = """
VC001 unreadable-file error
VC002 not-utf8 error
VC003 mojibake warning
VC004 unknown-config-key warning
VC005 unused-ignore info
VC006 note-not-compiled error
VC101 bad-front-matter error
VC102 front-matter-type warning
VC201 unresolved-link error
VC202 unresolved-heading error
VC203 unresolved-block error
VC204 missing-asset error
VC205 ambiguous-link warning
VC206 alias-link info
VC207 link-escapes-vault error
VC208 embed-cycle error
VC209 foreign-dialect warning
VC210 link-to-unpublished warning
VC301 orphan info
VC302 dead-end info
VC303 path-collision error
VC304 duplicate-alias warning
VC305 duplicate-block-id warning
VC401 unmeasured info
VC402 stale-result warning
VC403 failed-run warning
VC404 noisy-result info
VC405 bad-snippet error
VC406 implausible-result warning
VC407 altered-result error
"""

CODES: dict[str, Code] = {
    code: Code(code, name, Severity[severity.upper()])
    for code, name, severity in (line.split() for line in _REGISTER.split("\n") if line)
}
BY_NAME: dict[str, Code] = {code.name: code for code in CODES.values()}


def select(pattern: str) -> tuple[str, ...]:
    """The codes that a code, a name or a prefix (`VC2`) means; empty when it means none.

    >>> select("unresolved-link"), select("VC00")[:2]
    (('VC201',), ('VC001', 'VC002'))
    """
    if pattern in BY_NAME:
        return (BY_NAME[pattern].code,)
    upper = pattern.upper()
    return tuple(code for code in CODES if code.startswith(upper)) if upper.startswith("VC") else ()


def report(
    code: str,
    message: str,
    path: str,
    span: Span = Span(0, 0),
    *,
    labels: Iterable[Label] = (),
    help: str = "",
    suggestions: Iterable[str] = (),
    fix: Fix | None = None,
) -> Diagnostic:
    """A diagnostic with the code's own name and default severity.

    Raises KeyError for a code that is not in the register.
    """
    kind = CODES[code]
    return Diagnostic(
        code, kind.name, kind.severity, message, path, span, tuple(labels), help, tuple(suggestions)[:3], fix
    )


def quoted(name: str) -> str:
    """The name between backticks, cut when it is very long."""
    return f"`{name if len(name) <= 80 else name[:77] + '…'}`"


def hint(near: Sequence[str], otherwise: str) -> str:
    """A question for the names that are near; `otherwise` where there is none."""
    return f"did you mean {' or '.join(map(quoted, near))}?" if near else otherwise
