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


def write_vault(folder: Path, notes: int, seed: int = 11, *, wiki: bool = True) -> None:
    """Write a vault of `notes` notes and a front page into `folder`; with `wiki` false the same links are plain Markdown, for tools
    that know no wiki-links."""
    chance = random.Random(seed)
    names = [f"{_word(3 * at)} {_word(5 * at + 1)} {at}" for at in range(notes)]

    def written(at: int, heading: str = "", label: str = "", above: str = "../") -> str:
        if wiki:
            return f"[[{names[at]}{heading and '#'}{heading}{label and '|'}{label}]]"
        path = f"{above}{_area(at)}/{names[at]}.md".replace(" ", "%20")
        return f"[{label or names[at]}]({path}{heading and '#'}{heading.lower()})"

    def words(many: int) -> str:
        return " ".join(chance.choices(_VOCABULARY, k=many)).capitalize() + "."

    def link() -> str:
        return written(int(notes * chance.random() ** _SKEW))

    def deep() -> str:
        goal = int(notes * chance.random() ** _SKEW)
        return written(goal, "Details", f"more on {names[goal]}")

    for at, name in enumerate(names):
        area = _area(at)
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
    (folder / "index.md").write_text(f"# Home\n\n{written(0, above='')}\n", encoding="utf-8")


def _area(at: int) -> str:
    return f"area{(17 * at) % _AREAS:02d}"


def _word(at: int) -> str:
    return _VOCABULARY[at % len(_VOCABULARY)]
