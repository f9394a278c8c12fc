"""The measuring machine has Python and torch: nothing in the folder that is copied there may ask for more."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import vaultc.bench

FOLDER = Path(vaultc.bench.__file__).parent


def modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            found.add(node.module or "")
    return found


def reached(*names: str) -> set[Path]:
    """The modules of ``vaultc.bench`` that these import, and they themselves."""
    found: set[Path] = set()
    waiting = list(names)
    while waiting:
        path = file_of(waiting.pop())
        if path and path not in found:
            found.add(path)
            waiting += modules(path) | submodules(path)
    return found


def file_of(name: str) -> Path | None:
    """The file of a module of ``vaultc.bench`` by its dotted name; ``None`` for any other name."""
    if not f"{name}.".startswith("vaultc.bench."):
        return None
    place = FOLDER.joinpath(*name.split(".")[2:])
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def submodules(path: Path) -> set[str]:
    """What is taken from a package, some of which are modules: ``from vaultc.bench.records import stats``."""
    return {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def test_a_run_needs_the_standard_library_and_torch_in_one_module() -> None:
    with_torch = set()
    files = reached("vaultc.bench", "vaultc.bench.__main__", "vaultc.bench.harness.child")
    assert {"runner.py", "stats.py", "store.py", "torch_cpu.py"} <= {path.name for path in files}
    for path in files:
        for name in modules(path):
            top = name.partition(".")[0]
            if top == "torch":
                with_torch.add(path.name)
            elif top == "vaultc":
                assert name.startswith(("vaultc.bench", "vaultc.errors", "vaultc.disk", "vaultc.text")), (
                    f"{path.name} imports {name}"
                )
            else:
                assert top in sys.stdlib_module_names, f"{path.name} imports {name}"
    assert with_torch == {"torch_cpu.py", "torch_cuda.py"}


def test_no_other_module_imports_torch() -> None:
    for path in FOLDER.parent.rglob("*.py"):
        if path.name not in ("torch_cpu.py", "torch_cuda.py"):
            assert not {name for name in modules(path) if name.partition(".")[0] == "torch"}, path
