"""Interrupt `vaultc mv` at every line of the journal and of the writer: each time in a fork of one process, on a fresh vault.

python interrupted.py EVERY FOLDER MODE ARGUMENT OLD NEW    prints the lines (each, or every so many), fails where harm is done
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from vaultc.frontends.cli import check, main, mv  # noqa: F401 - imported once, before the forks
from vaultc.refactor import fixes, journal, moves  # noqa: F401

FILES = {
    ".obsidian/app.json": b"{}",
    "a/Real Note.md": b"---\nup: '[[index]]'\n---\n# Head\n\n[[../index]] ![](pic.png)\n",
    "a/pic.png": b"png",
    "index.md": b"[[Real Note]] [m](a/Real%20Note.md#head)\n",
    "b/other.md": b"[[a/Real Note|label]]\n",
    "b/none.md": b"nothing\n",
}
EDITED = b"saved meanwhile [[a/Real Note]]\n"


class Vault:
    """A vault that is written anew for each attempt, and the command that is interrupted in it."""

    def __init__(self, every: int, folder: Path, old: str, new: str) -> None:
        self.every = every
        self.folder, self.root = folder, folder / "vault"
        self.old, self.new = old, new

    def fresh(self) -> None:
        """The vault as it is at first, and no memory of an earlier one."""
        for old in (self.root, self.folder / "state/vaultc/journals"):
            shutil.rmtree(old, ignore_errors=True)
        for name, text in FILES.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_bytes(text)

    def files(self) -> dict[str, bytes]:
        """Every file of the vault. None of them may be a temporary one."""
        found = {
            path.relative_to(self.root).as_posix(): path.read_bytes() for path in self.root.rglob("*") if path.is_file()
        }
        assert not [path for path in found if ".vaultc-" in path], found.keys()
        return found

    def run(self, *arguments: str, step: int = 0, then: Callable[[], object] = lambda: None) -> int:
        """The exit status of a command; at the line `step` of what writes, `then` happens."""
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.chdir(self.root)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        seen = 0

        def trace(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal seen
            if not frame.f_code.co_filename.endswith(("refactor/journal.py", "vaultc/disk.py")):
                return None
            seen += event == "line"
            if event == "line" and seen == step:
                then()
            return trace

        sys.settrace(trace)
        try:
            main(list(arguments))
        except SystemExit as end:
            sys.settrace(None)
            (self.folder / "lines").write_text(str(seen))
            os._exit(end.code if isinstance(end.code, int) else 70)
        finally:
            os._exit(71)

    def attempts(self, then: Callable[[], object]) -> Iterator[tuple[int, int]]:
        """Each line at which something can happen, and how the command ended when `then` happened there."""
        for _ in range(2):  # the first makes the user's key, too
            self.fresh()
            assert self.run("mv", self.old, self.new) == 0
        last = int((self.folder / "lines").read_text())
        steps = range(1, last + 1, self.every)
        for step in steps:
            self.fresh()
            yield step, self.run("mv", self.old, self.new, step=step, then=then)
        sys.stdout.write(f"{[*steps]}\n")

    def is_pending(self) -> bool:
        """Whether a rename is neither completed nor undone."""
        return journal.pending(self.root) is not None


def die() -> None:
    """What a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def finished(vault: Vault, how: str) -> None:
    """A killed rename is completed or undone when that is asked for, and a command that reads does neither."""
    vault.fresh()
    before = vault.files()
    assert vault.run("mv", vault.old, vault.new) == 0
    after = vault.files()
    for step, status in vault.attempts(die):
        assert status == -signal.SIGKILL
        torn = vault.files()
        assert vault.run("check", ".", "--fail-on", "never") == 0
        assert vault.files() == torn, step
        if not vault.is_pending():
            assert torn in (before, after), step
            continue
        assert vault.run("mv", "b/none.md", "c.md") == vault.run("check", ".", "--fix") == 2
        assert vault.files() == torn, step
        assert vault.run("mv", how) == 0, step
        assert vault.files() == (after if how == "--resume" else before), step
        assert not vault.is_pending()


def edited(vault: Vault, how: str) -> None:
    """What is saved after a kill survives, wherever the rename then goes."""
    for step, _ in vault.attempts(die):
        notes = {path.name: path for path in vault.root.rglob("*.md")}
        moved = notes.get("Real Note.md", notes.get("Name.md", notes["index.md"]))
        place = moved if step % 2 else notes["index.md"]
        place.write_bytes(EDITED)
        if vault.is_pending():
            status = vault.run("mv", how)
            assert status == 1 or (status == 0 and (place == moved or how == "--abort")), step
        found = vault.files()
        assert list(found.values()).count(EDITED) == 1, (step, found)
        assert len(found) == len(FILES), step
        assert not vault.is_pending()


def saved(vault: Vault, name: str) -> None:
    """What an editor saves at any moment survives; the rest is renamed, or nothing is."""
    ends = set()
    for step, status in vault.attempts(lambda: (vault.root / name).write_bytes(EDITED)):
        found = vault.files()
        assert b"saved meanwhile" in b"".join(found.values()), (step, found)
        if status:
            assert status == 2
            assert {**found, name: b""} == {**FILES, name: b""}, (step, found)
        else:
            assert vault.new in found, step
        assert not vault.is_pending()
        ends.add(status)
    assert ends == {0, 2}


def taken(vault: Vault, name: str) -> None:
    """A file that is made where the note is to go is not overwritten, and the note stays where it was."""

    def make() -> None:
        (vault.root / name).parent.mkdir(exist_ok=True)
        if not (vault.root / name).exists():
            (vault.root / name).write_bytes(EDITED)

    ends = set()
    for step, status in vault.attempts(make):
        found = vault.files()
        if status:
            assert found == {**FILES, name: EDITED}, (step, found)
        else:
            assert EDITED not in found.values(), (step, found)
        assert not vault.is_pending()
        ends.add(status)
    assert ends == {0, 2}


if __name__ == "__main__":
    every, here, mode, argument, old, new = sys.argv[1:]
    os.environ |= {"XDG_STATE_HOME": f"{here}/state", "XDG_CACHE_HOME": f"{here}/cache"}
    modes = {"finished": finished, "edited": edited, "saved": saved, "taken": taken}
    modes[mode](Vault(int(every), Path(here), old, new), argument)
