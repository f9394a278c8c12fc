"""From the Markdown that people write (CommonMark, GFM, Obsidian) to the Markdown that Python-Markdown reads, block by block.

`lower` regenerates a note's blocks from its events; `leave` changes nothing but the spans of the plan.
"""

from vaultc.emit.lower.blocks import lower, lowered
from vaultc.emit.lower.leave import leave
from vaultc.emit.lower.plan import Fold, Plan

__all__ = ["Fold", "Plan", "leave", "lower", "lowered"]
