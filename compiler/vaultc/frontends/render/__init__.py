"""Findings in the formats that people and CI services read; one format a file, each a function from a report to text."""

from collections.abc import Callable, Mapping
from importlib import import_module

from vaultc.frontends.report import Report
from vaultc.text import Language

FORMATS = ("human", "concise", "json", "sarif", "github", "junit")
# The language that each format is written in, where it is not plain text.
LANGUAGES: Mapping[str, Language] = {"json": "json", "sarif": "json", "junit": "xml", "github": "commands"}
_MODULES = {"json": "json_report"}


def renderer(name: str) -> Callable[[Report], str]:
    """The function that renders a report in one of `FORMATS`; only its own module is imported."""
    module = import_module(f"vaultc.frontends.render.{_MODULES.get(name, name)}")
    render: Callable[[Report], str] = module.render
    return render


def count(number: int, noun: str) -> str:
    """`1 note`, `2 notes`, `1,200 notes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
