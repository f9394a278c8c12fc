"""The rules, in order of their codes: one module each, and here the one list of them."""

from vaultc.check.rule import FileRule, GraphRule, NoteRule, ReferenceRule
from vaultc.check.rules import (
    alias_link,
    ambiguous_link,
    dead_end,
    duplicate_alias,
    duplicate_block_id,
    embed_cycle,
    foreign_dialect,
    link_escapes_vault,
    link_to_unpublished,
    missing_asset,
    orphan,
    path_collision,
    unresolved_block,
    unresolved_heading,
    unresolved_link,
)

FILES = (
    FileRule("VC001", "scan"),
    FileRule("VC002", "parse.note"),
    FileRule("VC003", "parse.mojibake"),
    FileRule("VC004", "config"),
    FileRule("VC005", "check.ignores"),
    FileRule("VC006", "faults"),
    FileRule("VC101", "parse.frontmatter"),
    FileRule("VC102", "parse.frontmatter"),
)
REFERENCES = (
    ReferenceRule("VC201", unresolved_link.check, frozenset(("no-note",))),
    ReferenceRule("VC202", unresolved_heading.check, frozenset(("no-heading",))),
    ReferenceRule("VC203", unresolved_block.check, frozenset(("no-block",))),
    ReferenceRule("VC204", missing_asset.check, frozenset(("no-asset",))),
    ReferenceRule("VC205", ambiguous_link.check, frozenset(("ambiguous",))),
    ReferenceRule("VC206", alias_link.check, frozenset(("alias",))),
    ReferenceRule("VC207", link_escapes_vault.check, frozenset(("outside",))),
    ReferenceRule("VC210", link_to_unpublished.check, frozenset(("unpublished",))),
)
GRAPH = (
    GraphRule("VC208", embed_cycle.gather, embed_cycle.check),
    GraphRule("VC209", foreign_dialect.gather, foreign_dialect.check, foreign_dialect.speaks_for),
)
NOTES = (
    NoteRule("VC301", orphan.check),
    NoteRule("VC302", dead_end.check),
    NoteRule("VC303", path_collision.check),
    NoteRule("VC304", duplicate_alias.check),
    NoteRule("VC305", duplicate_block_id.check),
)
