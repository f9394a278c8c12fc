"""What decides a result: the part of a snippet that measures, the files it declares, the modules it imports from the vault."""

from __future__ import annotations

import ast
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping

HARNESS = "3"
"""Version of the way things are measured. It is raised when a change could move a number, and makes every result stale."""

Read = Callable[[str], bytes | None]
"""The content of a file by its path from the vault's root, or ``None`` where there is none."""

MOST_MODULES = 100
_MEASURE = "measure"


def code_key(
    code: str, digests: Mapping[str, str], expect: str | None = None, processes: int = 1, harness: str = HARNESS
) -> str:
    """SHA-256 of all that decides what is measured: the measuring part, what it declares, its files, the way of measuring.

    Line ends and blanks at line ends are the only differences that do not count.
    """
    parts = [normalise(divide(code)[0]), harness, expect, processes, sorted(digests.items())]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def claims_key(code: str) -> str:
    """SHA-256 of what follows the last measurement: what is claimed of the numbers. It can change without measuring anew."""
    return hashlib.sha256(normalise(divide(code)[1]).encode()).hexdigest()


def normalise(code: str) -> str:
    """The code with plain line ends, no blanks at line ends and one line break at its end."""
    return "\n".join(line.rstrip() for line in code.splitlines()).strip("\n") + "\n"


def divide(code: str) -> tuple[str, str]:
    """The lines to the end of the last top-level statement that calls ``measure``, and those after it.

    Nothing after a measurement can move it. Where ``measure`` hides, behind another name or in a function, or is never
    called, all lines count as measuring.
    """
    last = 0
    for statement in _tree(code).body:
        mentions = list(_mentions(statement))
        if not all(mentions):
            return code, ""
        if mentions:
            last = statement.end_lineno or 0
    lines = code.splitlines(keepends=True)
    return ("".join(lines[:last]), "".join(lines[last:])) if last else (code, "")


def sentences(code: str) -> Iterator[str]:
    """The first arguments of ``claim(…)`` that are plain text, in order."""
    calls = [node for node in ast.walk(_tree(code)) if isinstance(node, ast.Call) and node.args]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        first = call.args[0]
        if name == "claim" and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def modules(code: str, read: Read) -> dict[str, bytes]:
    """The modules that the code imports from the vault's root, and those that they import, by path.

    Only import statements are followed; what is imported by other means has to be declared.
    """
    found: dict[str, bytes] = {}
    waiting = [(code, "")]
    while waiting and len(found) < MOST_MODULES:
        text, package = waiting.pop()
        for path in _candidates(text, package):
            content = None if path in found else read(path)
            if content is not None:
                found[path] = content
                waiting.append((content.decode("utf-8", errors="replace"), path.rpartition("/")[0]))
    return found


def _mentions(node: ast.AST, nested: bool = False) -> Iterator[bool]:
    """For each mention of ``measure``, whether it is a call on the spot."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
        nested = True
    if isinstance(node, ast.Call) and _names(node.func):
        yield not nested
        children = [child for child in ast.iter_child_nodes(node) if child is not node.func]
    elif isinstance(node, ast.alias):
        children = []
        if node.name == _MEASURE and node.asname not in (None, _MEASURE):
            yield False
    else:
        children = list(ast.iter_child_nodes(node))
        if _names(node):
            yield False
    for child in children:
        yield from _mentions(child, nested)


def _names(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id == _MEASURE) or (
        isinstance(node, ast.Attribute) and node.attr == _MEASURE
    )


def _candidates(code: str, package: str) -> Iterator[str]:
    """Where the modules of the code's import statements would lie."""
    for node in ast.walk(_tree(code)):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            steps = package.split("/") if package else []
            above = steps[: len(steps) - node.level + 1] if node.level else []
            module = [*above, *(node.module.split(".") if node.module else [])]
            names = [module, *([*module, alias.name] for alias in node.names)]
        else:
            continue
        for name in names:
            for depth in range(1, len(name) + 1):
                place = "/".join(name[:depth])
                yield from (f"{place}.py", f"{place}/__init__.py")


def _tree(code: str) -> ast.Module:
    """The code's syntax; nothing where it has none, which is another's business to report."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError):
            return ast.Module([], [])
