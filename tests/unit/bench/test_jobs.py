"""A fenced block becomes a job, or a fault that says what to do; its key changes with everything that decides a result."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultc.bench.records.jobs import (
    BadSnippet,
    Job,
    dump_jobs,
    is_bench,
    load_jobs,
    make_job,
    reader,
    with_files,
)
from vaultc.bench.records.keys import HARNESS, claims_key, code_key, divide, modules
from vaultc.errors import VaultcError

CODE = "from vaultc import bench\nx = 1\n"
FILES = {"data/words.txt": b"three short words"}


def job(info: str, code: str = CODE) -> Job | BadSnippet:
    def read(path: str) -> bytes | None:
        return FILES.get(path)

    return make_job(info, code, read, "notes/a.md")


@pytest.mark.parametrize(
    ("info", "found"),
    [
        ("python bench id=x", True),
        ("python  bench", True),
        ("python", False),
        ("python benchmark", False),
        ("bench", False),
        ("", False),
    ],
)
def test_which_blocks_are_benchmarks(info: str, found: bool) -> None:
    assert is_bench(info) is found


def test_options_are_read() -> None:
    made = job("python bench id=attention-2 timeout=60 depends=data/words.txt expect=oom")
    assert isinstance(made, Job)
    assert (made.id, made.timeout, made.depends, made.expect) == ("attention-2", 60.0, ("data/words.txt",), "oom")
    assert made.note == "notes/a.md"


@pytest.mark.parametrize(
    ("info", "code", "message"),
    [
        ("python bench", CODE, "has no id"),
        ("python bench id=", CODE, "has no id"),
        ("python bench id=../up", CODE, "not usable as a file name"),
        ("python bench id=Attention", CODE, "not usable as a file name"),
        ("python bench id=x timeout=soon", CODE, "no number of seconds"),
        ("python bench id=x timeout=0", CODE, "no number of seconds"),
        ("python bench id=x timeout=nan", CODE, "no number of seconds"),
        ("python bench id=x expect=fast", CODE, "expect=fast is not known"),
        ("python bench id=x colour=red", CODE, "'colour=red' is not known"),
        ("python bench id=x quick", CODE, "'quick' is not known"),
        ("python bench id=x id=y", CODE, "id is given twice"),
        ("python bench id='x", CODE, "quote"),
        ("python bench id=x depends=gone.txt", CODE, "gone.txt is not in the vault"),
        ("python bench id=x depends=../secret", CODE, "../secret is not in the vault"),
        ("python bench id=x depends=/etc/passwd", CODE, "/etc/passwd is not in the vault"),
        ("python bench id=x", "  \n", "is empty"),
        ("python bench id=x", "x = 1\nif:\n", "line 2 of the benchmark is not Python"),
        ("python bench id=x", "x = '\0'\n", "not Python"),
    ],
)
def test_faults_are_values_with_a_way_out(info: str, code: str, message: str) -> None:
    found = job(info, code)
    assert isinstance(found, BadSnippet)
    assert message in found.message
    assert found.help


def test_one_character_changes_the_key_and_line_ends_do_not() -> None:
    key = code_key(CODE, {})
    assert code_key(CODE.replace("1", "2"), {}) != key
    assert code_key(CODE.replace("x = 1", "x  = 1"), {}) != key
    assert code_key(CODE.replace("\n", "  \r\n") + "\n\n", {}) == key


def test_the_key_covers_files_harness_and_expectation() -> None:
    keys = {
        code_key(CODE, {}),
        code_key(CODE, {"a": "1"}),
        code_key(CODE, {"a": "2"}),
        code_key(CODE, {"b": "1"}),
        code_key(CODE, {}, "oom"),
        code_key(CODE, {}, harness="another"),
    }
    assert len(keys) == 6


def test_the_key_ignores_what_decides_nothing() -> None:
    first, second = job("python bench id=x timeout=60"), job("python bench id=y")
    assert isinstance(first, Job) and isinstance(second, Job)
    assert first.code_key == second.code_key


def test_declared_files_are_read_inside_the_vault_only(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "in.txt").write_bytes(b"inside")
    (tmp_path / "out.txt").write_bytes(b"outside")
    (vault / "link.txt").symlink_to(tmp_path / "out.txt")
    read = reader(vault)
    assert read("in.txt") == b"inside"
    assert read("link.txt") is None
    assert read("../out.txt") is None
    assert read("none.txt") is None


def test_jobs_travel_with_their_files(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"\0\xff")
    made = make_job("python bench id=x depends=data.bin", CODE, reader(tmp_path), "a.md")
    assert isinstance(made, Job)
    packed = with_files(made, tmp_path, "abc", True)
    assert load_jobs(dump_jobs([packed])) == (packed,)
    assert packed.files == {"data.bin": "AP8="}
    (tmp_path / "data.bin").unlink()
    with pytest.raises(VaultcError, match="cannot be read"):
        with_files(made, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "not a file of jobs"),
        ("{}", "not a file of jobs"),
        ('{"schema":1,"harness":"0","jobs":[]}', "made for harness 0"),
        ('{"schema":1,"harness":"HARNESS","jobs":[{"id":"x"}]}', "job has no code"),
        ('{"schema":1,"harness":"HARNESS","jobs":[{"id":"../x","code":"","code_key":""}]}', "outside its folder"),
        ('{"schema":1,"harness":"HARNESS","jobs":[{"id":"x","code":"","code_key":"","files":{"../y":""}}]}', "outside"),
    ],
)
def test_a_file_that_holds_no_jobs_says_so(text: str, message: str) -> None:
    with pytest.raises(VaultcError, match=message):
        load_jobs(text.replace("HARNESS", HARNESS))


MEASURING = "from vaultc import bench\ndef f(n):\n    return bench.Value(n)\nfound = bench.measure(f, n=[1])\n"


def test_what_follows_the_last_measurement_can_be_worded_anew() -> None:
    first, second = (MEASURING + f"bench.claim({text!r}, holds=True)\n" for text in ("one", "other"))
    assert code_key(first, {}) == code_key(second, {})
    assert claims_key(first) != claims_key(second)
    assert code_key(first.replace("n=[1]", "n=[2]"), {}) != code_key(first, {})
    assert divide(first) == (MEASURING, "bench.claim('one', holds=True)\n")


@pytest.mark.parametrize(
    "code",
    [
        "def main(n):\n    bench.measure(f, n=[n])\nmain(1)\n",
        "go = bench.measure\ngo(f, n=[1])\n",
        "from vaultc.bench import measure as go\ngo(f, n=[1])\n",
        "(lambda n: bench.measure(f, n=[n]))(1)\n",
        "bench.claim('x', holds=True)\n",
        "not python (",
    ],
)
def test_where_the_measurement_hides_every_line_counts(code: str) -> None:
    assert divide(code) == (code, "")


def test_modules_of_the_vault_count_declared_or_not(tmp_path: Path) -> None:
    (tmp_path / "lib" / "deep").mkdir(parents=True)
    (tmp_path / "helper.py").write_text("from lib.deep import leaf\n", encoding="utf-8")
    (tmp_path / "lib" / "__init__.py").write_text("from .beside import x\n", encoding="utf-8")
    (tmp_path / "lib" / "beside.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "lib" / "deep" / "leaf.py").write_text("import helper\n", encoding="utf-8")
    (tmp_path / "unused.py").write_text("", encoding="utf-8")
    code = "import os, helper\n" + MEASURING
    assert set(modules(code, reader(tmp_path))) == {
        "helper.py", "lib/__init__.py", "lib/beside.py", "lib/deep/leaf.py",
    }  # fmt: skip
    first = make_job("python bench id=x", code, reader(tmp_path))
    (tmp_path / "lib" / "deep" / "leaf.py").write_text("import helper  # changed\n", encoding="utf-8")
    second = make_job("python bench id=x", code, reader(tmp_path))
    assert isinstance(first, Job) and isinstance(second, Job)
    assert first.code_key != second.code_key
    assert "lib/deep/leaf.py" in with_files(second, tmp_path).files
