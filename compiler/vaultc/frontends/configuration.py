"""What the guide says of the keys of a configuration, made from the keys themselves."""

from collections.abc import Mapping

from vaultc.config import Key, keys


def table() -> str:
    """The keys as a Markdown table."""
    rows = "".join(f"| `{key.name}` | {_default(key)} | {_meaning(key)} |\n" for key in keys())
    return f"| Key | Default | Means |\n|---|---|---|\n{rows}"


def _default(key: Key) -> str:
    if isinstance(key.default, tuple):
        return "`[]`"
    return f'`"{key.default}"`' if key.default and not isinstance(key.default, Mapping) else "none"


def _meaning(key: Key) -> str:
    """What it means, with the values that the sentence does not name."""
    others = [f"`{each}`" for each in key.choices if f"`{each}`" not in key.meaning and each != key.default]
    known = f"`{key.default}` or {', '.join(others)}" if others else ""
    return f"{key.meaning}: {known}" if known else key.meaning
