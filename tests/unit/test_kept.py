"""What is kept on disk is believed when this user's vaultc wrote it, and never otherwise."""

import datetime
import os
import pickle
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaultc import disk, kept
from vaultc.check import memo
from vaultc.check.memo import Checked
from vaultc.model import Note
from vaultc.parse import cache, parse_all
from vaultc.scan import source_file
from vaultc.session import Session

NOTES = {
    "a.md": "---\naliases: [Nick]\nday: 2026-01-02\n---\n# A\n\n[[b]] [[Nick]] [[gone]] ![[x.png]] #tag ^id\n",
    "b.md": "[[a]] ![[b]] <!-- vaultc: ignore VC201 -->\n\n[[nowhere]]\n",
    "x.png": "",
    "vaultc.toml": "",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def compiled(vault: Path) -> tuple[object, ...]:
    session = Session.open(vault)
    return session.diagnostics, session.counts, dict(session.vault.notes)


def test_a_value_comes_back_under_its_key_only(tmp_path: Path) -> None:
    value = {"a": (1, 2)}
    kept.save(tmp_path / "deep/file", value, "key")
    assert kept.load(tmp_path / "deep/file", dict[str, tuple[int, int]], "key", 0) == value
    assert kept.load(tmp_path / "deep/file", dict[str, tuple[int, int]], "other", 0) is None
    assert kept.load(tmp_path / "deep/file", list[str], "key", 0) is None
    assert kept.load(tmp_path / "absent", list[str], "key", 0) is None


def damaged(whole: bytes) -> Iterator[bytes]:
    """A file's bytes with a bit turned, cut short, and with more at the end."""
    chance = random.Random(1)
    for _ in range(300):
        bits = bytearray(whole)
        bits[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        yield bytes(bits)
    for _ in range(100):
        yield whole[: chance.randrange(len(whole))]
    yield whole + b"more"


def test_no_damage_gives_a_wrong_note(vault: Path) -> None:
    session = Session.open(vault)
    notes, folder = list(session.vault.notes.values()), vault / "build/cache"
    for data in damaged((folder / "notes").read_bytes()):
        (folder / "notes").write_bytes(data)
        assert cache.load(session.scan.sources, folder) == notes


def test_no_damage_gives_a_wrong_finding(vault: Path) -> None:
    session = Session.open(vault)
    found, folder = session.diagnostics, vault / "build/cache"
    assert memo.load(session.project, session.scan, folder) == Checked(found, session.counts)
    for data in damaged((folder / "findings").read_bytes()):
        (folder / "findings").write_bytes(data)
        assert memo.load(session.project, session.scan, folder) is None


def test_a_cache_that_came_with_a_checkout_is_not_believed(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wrote it had the same version and another key: nothing that it says is taken."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "theirs"))
    expected = compiled(vault)
    session = Session.open(vault)
    memo.save(session.project, session.scan, vault / "build/cache", Checked((), {}))
    assert Session.open(vault).diagnostics == ()  # their own vaultc believes it
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "ours"))
    assert compiled(vault) == expected


class Attack:
    """Runs code where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("ran",)


WATCH = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
"""A small process in between: what a process starts is charged with the memory that its parent had."""


@pytest.mark.parametrize("name", ["notes", "findings"])
def test_no_file_of_the_cache_runs_code_or_takes_memory(vault: Path, name: str) -> None:
    """`BINUNICODE8` of 8 GiB in ten bytes, an object that runs code, and 4 GiB of nothing."""
    folder = vault / "build/cache"
    folder.mkdir(parents=True)
    for data in (
        pickle.dumps(Attack()),
        b"\x80\x05\x8d" + (8 << 30).to_bytes(8, "little"),
        b"\xdf\xff\xff\xff\xff",
        None,
    ):
        with (folder / name).open("wb") as stream:
            stream.write(data) if data else stream.truncate(4 << 30)
        command = [sys.executable, "-m", "vaultc", "check", str(vault), "--format", "concise"]
        done = subprocess.run([sys.executable, "-c", WATCH, *command], capture_output=True, text=True, cwd=vault)
        said, peak = done.stdout, int(done.stderr.split()[-1])
        assert "VC201" in said and done.returncode == 1
        assert not (vault / "ran").exists()
        assert peak < 400 << 10


def test_no_symlink_and_no_device_is_read_or_written(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/letter").write_text("mine")
    (vault / "build/cache").mkdir(parents=True)
    (vault / "build/cache/notes").symlink_to(tmp_path / "documents/letter")
    os.mkfifo(vault / "build/cache/findings")
    expected = compiled(vault)
    assert not (vault / "build/cache/notes").is_symlink() and compiled(vault) == expected
    assert (tmp_path / "documents/letter").read_text() == "mine"


@pytest.mark.parametrize("link", ["build", "build/cache"])
def test_nothing_is_kept_behind_a_symlink(vault: Path, tmp_path: Path, link: str) -> None:
    (tmp_path / "documents").mkdir()
    (vault / link).parent.mkdir(exist_ok=True)
    (vault / link).symlink_to(tmp_path / "documents")
    assert compiled(vault) == compiled(vault)
    assert list((tmp_path / "documents").iterdir()) == []


def test_a_build_folder_that_leads_to_the_notes_hides_none(vault: Path) -> None:
    (vault / "notes").mkdir()
    (vault / "notes/bad.md").write_text("[[nowhere at all]]\n")
    (vault / "build").symlink_to("notes")
    assert "notes/bad.md" in {finding.path for finding in Session.open(vault).diagnostics}


VALUES = {
    "a day": ("!!timestamp 2026-01-02", datetime.date(2026, 1, 2)),
    "a moment": ("!!timestamp 2026-01-02 03:04:05.678", datetime.datetime(2026, 1, 2, 3, 4, 5, 678000)),  # noqa: DTZ001
    "one of a zone": (
        "!!timestamp 2026-01-02T03:04:05+02:00",
        datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
    ),
    "numbers": ("[1, -2, 1.5, !!float .inf, true, null]", [1, -2, 1.5, float("inf"), True, None]),
    "a large number": ("1" + "0" * 30, 10**30),
    "bytes": ("!!binary aGk=", b"hi"),
    "a set": ("!!set {a, b}", {"a", "b"}),
    "deep": ("[[[[{a: [!!timestamp 2026-01-02]}]]]]", [[[[{"a": [datetime.date(2026, 1, 2)]}]]]]),
    "days as keys": ("{!!timestamp 2026-01-02: x}", {"2026-01-02": "x"}),
    "a word of half a pair": ('"\\ud800"', None),
}


@pytest.mark.parametrize(("yaml", "value"), VALUES.values(), ids=VALUES)
def test_metadata_of_any_type_is_the_same_the_second_time(tmp_path: Path, yaml: str, value: object) -> None:
    source = [source_file("a.md", f"---\nkey: {yaml}\n---\n# A\n".encode())]
    parsed = parse_all(source)
    assert cache.load(source, tmp_path) == parsed == cache.load(source, tmp_path)
    [again] = cache.load(source, tmp_path)
    if value is not None:
        assert again.metadata["key"] == value and type(again.metadata["key"]) is type(value)


def test_every_field_of_a_note_is_kept(tmp_path: Path) -> None:
    text = (
        "---\ntags: [t]\naliases: x\n---\n# A #b ^c\n\n[[x|y]] [d] <i id='own'></i>\n\n[d]: e.md\n\n"
        "<!-- vaultc: ignore VC201 VC202 -->\n\n```python bench id=b\npass\n```\n\n- i ^j\n"
    )
    source = [source_file("a.md", text.encode() + b"\xff\n")]
    [parsed] = parse_all(source)
    assert [name for name in Note._fields if not getattr(parsed, name)] == []
    cache.load(source, tmp_path)
    [again] = cache.load(source, tmp_path)
    assert again == parsed

    def types(value: object) -> object:
        return [type(value), *map(types, value)] if isinstance(value, (tuple, list)) else type(value)

    assert types(again) == types(parsed)


def test_the_key_is_this_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    disk.seal(b"")
    [key] = (tmp_path / "vaultc/keys").iterdir()
    assert len(key.read_bytes()) == 32 and key.stat().st_mode & 0o777 == 0o600


def test_a_larger_file_than_the_notes_explain_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.save(tmp_path / "file", "x" * 1000, "key")
    size = (tmp_path / "file").stat().st_size
    monkeypatch.setattr(kept, "_LEAST", size - 100)
    monkeypatch.setattr(kept, "_RATIO", 10)
    assert [kept.load(tmp_path / "file", str, "key", notes) for notes in (0, 9)] == [None, None]
    assert kept.load(tmp_path / "file", str, "key", 10) == "x" * 1000


def test_a_version_is_of_code_and_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    library = tmp_path / "some_library.py"
    library.write_text("one")
    known = {kept.version(["kept.py"]), kept.version(["disk.py"]), kept.version(["kept.py"], ["some_library"])}
    library.write_text("another")
    known.add(kept.version(["kept.py"], ["some_library"]))
    assert len(known) == 4
    assert kept.version(["kept.py"], ["no_such_library"]) == kept.version(["kept.py"])


def test_what_is_kept_for_places_does_not_pile_up(tmp_path: Path) -> None:
    (tmp_path / "notes").write_bytes(b"other")
    for at in range(kept.PLACES + 3):
        kept.save_for_place(tmp_path / f"pages-{at:02}", [at], "k")
        os.utime(tmp_path / f"pages-{at:02}", (at, at))
    kept.save_for_place(tmp_path / "site-1", [1], "k")
    assert sorted(it.name for it in tmp_path.iterdir()) == [
        "notes",
        *(f"pages-{at:02}" for at in range(3, 11)),
        "site-1",
    ]
    kept.save_for_place(tmp_path / "pages-03", [0], "k")
    kept.save_for_place(tmp_path / "pages-99", [0], "k")
    assert kept.load(tmp_path / "pages-03", list[int], "k", 0) == [0]
    assert not (tmp_path / "pages-04").exists()
