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
    waiting = [FOLDER / f"{name}.py" for name in names]
    while waiting:
        path = waiting.pop()
        if path not in found and path.exists():
            found.add(path)
            waiting += [
                FOLDER / f"{name.split('.')[2]}.py" for name in modules(path) if name.startswith("vaultc.bench.")
            ]
            waiting += [FOLDER / f"{name}.py" for name in submodules(path)]
    return found


def submodules(path: Path) -> set[str]:
    """Names taken from the package itself, some of which are modules: ``from vaultc.bench import stats``."""
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "vaultc.bench"
        for alias in node.names
    }


def test_a_run_needs_the_standard_library_and_torch_in_one_module() -> None:
    with_torch = set()
    files = reached("__init__", "__main__", "child")
    assert {"runner.py", "stats.py", "store.py", "torch_device.py"} <= {path.name for path in files}
    for path in files:
        for name in modules(path):
            top = name.partition(".")[0]
            if top == "torch":
                with_torch.add(path.name)
            elif top == "vaultc":
                assert name.startswith(("vaultc.bench", "vaultc.errors")), f"{path.name} imports {name}"
            else:
                assert top in sys.stdlib_module_names, f"{path.name} imports {name}"
    assert with_torch == {"torch_device.py"}


def test_no_other_module_imports_torch() -> None:
    for path in FOLDER.parent.rglob("*.py"):
        if path.name != "torch_device.py":
            assert not {name for name in modules(path) if name.partition(".")[0] == "torch"}, path
