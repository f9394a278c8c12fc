"""Synthetic vaults for measurements: the same arguments always write the same bytes.

A note has about 2.4 KB: front matter, four headings, eight links (few notes have many links to them, most have few; a quarter
lead to a heading), a list, a table, and a code block with a decoy.
"""

import random
from pathlib import Path

_VOCABULARY = (
    "attention memory context sequence token transformer kernel cache state linear sparse window retrieval segment "
    "hierarchy summary gradient activation optimizer latency throughput bandwidth matrix softmax query key value position "
    "rotary extrapolation recurrence chunk scene benchmark"
).split()
_AREAS = 50
_SKEW = 2.5


def write_vault(folder: Path, notes: int, seed: int = 11) -> None:
    """Write a vault of `notes` notes and a front page into `folder`."""
    chance = random.Random(seed)
    names = [f"{_word(3 * at)} {_word(5 * at + 1)} {at}" for at in range(notes)]

    def words(many: int) -> str:
        return " ".join(chance.choices(_VOCABULARY, k=many)).capitalize() + "."

    def link() -> str:
        goal = names[int(notes * chance.random() ** _SKEW)]
        return f"[[{goal}]]"

    def deep() -> str:
        goal = names[int(notes * chance.random() ** _SKEW)]
        return f"[[{goal}#Details|more on {goal}]]"

    for at, name in enumerate(names):
        area = f"area{(17 * at) % _AREAS:02d}"
        title = name.title()
        text = f"""---
title: {title}
tags: [{_word(at)}, area/{area}]
aliases: [other-{at}]
---

# {title}

{words(40)} {link()} {words(30)} {deep()}.

## Details

{words(60)} {link()}, {link()}.

- {words(8)} {link()}
- {words(8)} {link()}
- {words(8)}

## Complexity

| Approach | Cost |
|----------|------|
| Sparse   | O(n log n) |
| Linear   | O(n) |

```python
import torch
q = torch.randn(1, 8, 128, 64)
print("[[not a link]]", q.shape)
```

## See also

- {link()}
- {deep()}

{words(50)}
"""
        path = folder / area / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "index.md").write_text(f"# Home\n\n[[{names[0]}]]\n", encoding="utf-8")


def _word(at: int) -> str:
    return _VOCABULARY[at % len(_VOCABULARY)]
