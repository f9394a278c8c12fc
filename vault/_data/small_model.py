"""A small causal transformer and the language that it is trained on, for benchmarks that ask what a trained model does.

The language has two parts that can be told apart in the loss: which word follows which, a habit learned from the last
word alone, and stretches of the same text that come again, which only a look back can foretell.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, gelu

WORDS, BEGIN = 48, 48
"""How many words there are, and the token that every text begins with."""
FOLLOWERS, REPEAT = 6, 16
"""Words that may follow a word, all equally likely; length of a stretch that comes again."""

Kept = list[tuple[Tensor, Tensor]]
"""Keys and values of each layer, (batch, heads, tokens, width of a head), before positions are applied to the keys."""


def texts(count: int, length: int) -> tuple[Tensor, Tensor]:
    """Texts of a begin token and `length` words, and which of these a look back foretells: (count, length + 1) both.

    Every second stretch of `REPEAT` words repeats a place of the text before it; its first word foretells nothing.
    """
    follow = torch.stack([(torch.arange(WORDS) * (7 + 6 * i) + 11 * i + 1) % WORDS for i in range(FOLLOWERS)], 1)
    words, known = torch.full((count, length + 1), BEGIN), torch.zeros(count, length + 1, dtype=torch.bool)
    words[:, 1] = torch.randint(WORDS, (count,))
    rows = torch.arange(count)
    source = torch.zeros(count, dtype=torch.long)
    for t in range(2, length + 1):
        stretch, inside = divmod(t - 1, REPEAT)
        words[:, t] = follow[words[:, t - 1], torch.randint(FOLLOWERS, (count,))]
        if stretch % 2:
            if not inside:
                source = torch.randint(1, max(2, t - REPEAT), (count,))
            words[:, t] = words[rows, source + inside]
            known[:, t] = inside > 1
    return words, known


def rotate(x: Tensor, positions: Tensor) -> Tensor:
    """Rotary positions; one for each token, in whatever order."""
    half = x.shape[-1] // 2
    angle = positions[:, None] * 1000.0 ** (-torch.arange(half, device=x.device) / half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


class Layer(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.into, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor, at: Tensor, past: tuple[Tensor, Tensor] | None, past_at: Tensor, left: Tensor | None):
        q, k, v = self.into(self.before(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        keys, values = (torch.cat(pair, 2) for pair in zip(past, (k, v), strict=True)) if past else (k, v)
        seen = torch.ones(len(at), len(past_at) + len(at), dtype=torch.bool, device=x.device).tril(len(past_at))
        if left is not None:
            seen = torch.cat(
                [left[:, :, None].expand(-1, -1, len(at), -1), seen[:, len(past_at) :].expand(*q.shape[:2], -1, -1)], -1
            )
        scores = rotate(q, at) @ rotate(keys, torch.cat([past_at, at])).mT / q.shape[-1] ** 0.5
        weights = scores.masked_fill(~seen, -torch.inf).softmax(-1)
        x = x + self.out((weights @ values).transpose(1, 2).flatten(2))
        return x + self.down(gelu(self.up(self.between(x)))), (k, v), weights


class Model(nn.Module):
    """Words in, scores of the next word out. With `pairs` each word comes with the one before it, which makes looking back
    for what followed a word a matter of one layer, learned in a hundred steps."""

    def __init__(self, width: int = 64, heads: int = 2, layers: int = 2, pairs: bool = False) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS + 1, width)
        self.previous = nn.Embedding(WORDS + 1, width) if pairs else None
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.last = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, WORDS))

    def forward(
        self,
        words: Tensor,
        past: Kept | None = None,
        at: Tensor | None = None,
        past_at: Tensor | None = None,
        left: list[Tensor] | None = None,
        previous: Tensor | None = None,
    ) -> tuple[Tensor, Kept, list[Tensor]]:
        """Scores, what each layer keeps of these words, and its attention weights (batch, heads, words, keys).

        `past` is read before the words; `past_at` and `at` are the positions of both, by default counted through.
        `left` says for each layer which keys of the past are left: (batch, heads, tokens). `previous` is the word before
        the first, (batch, 1), by default the begin of a text.
        """
        before = past[0][0].shape[2] if past else 0
        past_at = torch.arange(before, device=words.device) if past_at is None else past_at
        at = torch.arange(words.shape[1], device=words.device) + before if at is None else at
        x, kept, attention = self.words(words), [], []
        if self.previous is not None:
            first = torch.full_like(words[:, :1], BEGIN) if previous is None else previous
            x = x + self.previous(torch.cat([first, words[:, :-1]], 1))
        for i, layer in enumerate(self.layers):
            x, pair, weights = layer(x, at, past[i] if past else None, past_at, left[i] if left else None)
            kept.append(pair)
            attention.append(weights)
        return self.last(x), kept, attention


def losses(scores: Tensor, wanted: Tensor, known: Tensor) -> tuple[float, float]:
    """Mean loss in bits of the words that a look back foretells, and of the others."""
    bits = (
        cross_entropy(scores.flatten(0, 1), wanted.flatten(), reduction="none").view(wanted.shape) / 0.6931471805599453
    )
    return bits[known].mean().item(), bits[~known].mean().item()


@torch.enable_grad()
def trained(device: str, length: int, steps: int, batch: int = 32, **shape: int) -> Model:
    """A model trained on texts of `length` words, with the generator's present state as its seed."""
    model = Model(**shape).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, steps)
    for _ in range(steps):
        words, _ = texts(batch, length)
        words = words.to(device)
        optimiser.zero_grad()
        cross_entropy(model(words[:, :-1])[0].flatten(0, 1), words[:, 1:].flatten()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        rate.step()
    return model.eval()
