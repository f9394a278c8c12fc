"""Numbers as people read them: significant digits, SI prefixes, plain-text tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vaultc.bench.records import stats

_PREFIXES = {-9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}
_PLAIN = (-6, 18)
"""Powers of ten between which a number is written out; beyond them nobody counts its zeros."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SCALED = {"s", "B", "B/s", "FLOP/s", "FLOP", "W", "Hz"}


def quantity(value: float, unit: str = "", figures: int = 4, spread: float | None = None) -> str:
    """``13.4 ms``, ``20.8 GB/s``, ``16 B/param``; with a spread ``1.98 ± 0.04``. Only SI units get a prefix."""
    if not math.isfinite(value):
        return f"{value} {unit}".strip()
    power = _power(stats.round_figures(value, figures) if spread is None else value) if unit in _SCALED else 0
    if unit == "s":
        power = min(power, 0)
    prefix = _PREFIXES[power]
    scaled = value / 10.0**power
    if spread is None:
        return f"{digits(scaled, figures)} {prefix}{unit}".strip()
    scaled_spread = spread / 10.0**power
    if scaled_spread == 0:
        return f"{digits(scaled, figures)} {prefix}{unit}".strip()
    places = max(0, -math.floor(math.log10(scaled_spread)))
    rounded_spread = stats.round_figures(scaled_spread, 1) if places == 0 else scaled_spread
    rounded = stats.round_figures(scaled, stats.significant_figures(scaled, scaled_spread)) if places == 0 else scaled
    return f"{rounded:.{places}f} ± {rounded_spread:.{places}f} {prefix}{unit}".strip()


def bounded(value: float, low: float, high: float, unit: str = "", figures: int | None = None) -> str:
    """``1.98 ± 0.04``, or ``83 (71 to 104) ms`` where the bounds lie unequally far: by a quarter or more."""
    above, below = high - value, value - low
    if not math.isfinite(above + below) or above + below <= 0:
        return quantity(value, unit, figures or 4)
    if max(above, below) <= 1.25 * min(above, below):
        return quantity(value, unit, spread=(above + below) / 2)
    power = _power(value) if unit in _SCALED else 0
    power = min(power, 0) if unit == "s" else power
    carried = figures or stats.significant_figures(value, (above + below) / 2)
    ends = [digits(end / 10.0**power, max(2, _needed(end, value, carried))) for end in (low, high)]
    middle = digits(value / 10.0**power, max(2, carried))
    return f"{middle} ({ends[0]} to {ends[1]}) {_PREFIXES[power]}{unit}".strip()


def digits(value: float, figures: int) -> str:
    """The value to so many significant digits, without zeros that were not measured; far from one as ``3.4 × 10⁻²⁷``."""
    rounded = stats.round_figures(value, figures)
    if not rounded:
        return "0"
    exponent = math.floor(math.log10(abs(rounded)))
    if not _PLAIN[0] <= exponent < _PLAIN[1]:
        return f"{digits(rounded / 10.0**exponent, min(figures, 4))} × 10{str(exponent).translate(_RAISED)}"
    places = max(0, figures - 1 - exponent)
    text = f"{rounded:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text and rounded == int(rounded) else text


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain table, columns padded to their widest cell."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (header, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def one_line(text: str, limit: int = 300) -> str:
    """The text on one line, without control characters, cut to a length."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _needed(end: float, value: float, figures: int) -> int:
    """The digits by which an end is written to the same place as the value."""
    if not end or not value:
        return figures
    return figures + math.floor(math.log10(abs(end))) - math.floor(math.log10(abs(value)))


def _power(value: float) -> int:
    if value == 0:
        return 0
    return max(-9, min(15, 3 * math.floor(math.log10(abs(value)) / 3)))
