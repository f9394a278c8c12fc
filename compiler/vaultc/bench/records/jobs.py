"""From a fenced block to a ``Job``: its options, its files, and the key that tells whether a stored result is its own."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
import shlex
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from vaultc.bench.records.codec import DecodeError, decode, encode
from vaultc.bench.records.keys import HARNESS, Read, claims_key, code_key, modules
from vaultc.errors import VaultcError

TIMEOUT = 120.0
"""Seconds that a snippet may take for one point, or for what lies before and after them, unless it says ``timeout=``."""
LONGEST_TIMEOUT = 3600.0
MOST_PROCESSES = 16
EXPORT_SCHEMA = 1
MOST_FILE_BYTES = 8 * 2**20

_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_OPTIONS = ("id", "timeout", "depends", "expect", "processes")


@dataclass(frozen=True, slots=True)
class Job:
    """A snippet, ready to be run anywhere: nothing else of the vault is needed."""

    id: str
    code: str
    code_key: str
    timeout: float = TIMEOUT
    expect: Literal["oom"] | None = None
    processes: int = 1
    """Processes that run it at once, for what several hosts do."""
    depends: tuple[str, ...] = ()
    """Files of the vault that it needs, by path from the root: those it declares, and the modules it imports."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Their content, base64; the snippet finds them under its working folder, from which it can import, too."""
    note: str = ""
    """Path of the note, from the vault's root."""
    commit: str | None = None
    dirty: bool | None = None

    @property
    def claims_key(self) -> str:
        """What identifies the claims: they may change without the measurement."""
        return claims_key(self.code)


@dataclass(frozen=True, slots=True)
class BadSnippet:
    """A block that asks to be a benchmark and cannot be one."""

    message: str
    """A lower-case phrase: what is wrong."""
    help: str
    """What to do."""


def is_bench(info: str) -> bool:
    """Whether a fenced block's info string asks for a benchmark: ``python bench …``."""
    return info.split()[:2] == ["python", "bench"]


def make_job(info: str, code: str, read: Read, note: str = "") -> Job | BadSnippet:
    """The job of a fenced block. ``read`` gives the files that it declares and the modules that it imports from the vault.

    A fault comes back as a value.
    """
    options = _options(info)
    if isinstance(options, BadSnippet):
        return options
    name, timeout, expect = options.get("id", ""), _seconds(options.get("timeout")), options.get("expect")
    if not _ID.fullmatch(name) or len(name) > 64:
        what = f"the id {name!r} is not usable as a file name" if name else "the benchmark has no id"
        return BadSnippet(what, "add id=NAME: small letters, digits and hyphens, unique in the vault")
    if timeout is None:
        limit = f"{LONGEST_TIMEOUT:.0f}"
        return BadSnippet(f"timeout={options['timeout']} is no number of seconds", f"write a number from 1 to {limit}")
    if expect not in (None, "oom"):
        return BadSnippet(f"expect={expect} is not known", "only expect=oom can be expected")
    processes = _count(options.get("processes", "1"))
    if processes is None:
        help = f"write a whole number from 1 to {MOST_PROCESSES}"
        return BadSnippet(f"processes={options['processes']} is no number of processes", help)
    depends = tuple(sorted(filter(None, options.get("depends", "").split(","))))
    digests: dict[str, str] = {}
    for path in depends:
        found = read(path) if _inside(path) else None
        if found is None:
            return BadSnippet(f"the declared file {path} is not in the vault", "give its path from the vault's root")
        digests[path] = hashlib.sha256(found).hexdigest()
    fault = _syntax(code)
    if fault:
        return BadSnippet(fault, "mend the code: it must run when pasted into a file")
    digests |= {path: hashlib.sha256(content).hexdigest() for path, content in modules(code, read).items()}
    declared: Literal["oom"] | None = "oom" if expect else None
    files = tuple(sorted(digests))
    key = code_key(code, digests, declared, processes)
    return Job(name, code, key, timeout, declared, processes, files, {}, note)


def with_files(job: Job, root: Path, commit: str | None = None, dirty: bool | None = None) -> Job:
    """The job with its declared files read from the vault, and the state of the repository.

    Raises ``VaultcError`` where a file cannot be read or the files are over ``MOST_FILE_BYTES``.
    """
    files, total = {}, 0
    for path in job.depends:
        try:
            content = (root / path).read_bytes()
        except OSError as fault:
            raise VaultcError(f"{job.id}: the declared file {path} cannot be read ({fault.strerror})") from fault
        total += len(content)
        files[path] = base64.b64encode(content).decode("ascii")
    if total > MOST_FILE_BYTES:
        raise VaultcError(
            f"{job.id}: declared files are over {MOST_FILE_BYTES // 2**20} MiB; measure on a smaller sample"
        )
    return replace(job, files=files, commit=commit, dirty=dirty)


def reader(root: Path) -> Read:
    """What ``make_job`` reads a vault's folder by; files outside it do not exist for it."""
    top = root.resolve()

    def read(path: str) -> bytes | None:
        target = (root / path).resolve()
        if not target.is_relative_to(top) or not target.is_file():
            return None
        return target.read_bytes()

    return read


def dump_jobs(jobs: Iterable[Job]) -> str:
    """The export file: everything that a bare machine needs besides ``vaultc.bench`` itself."""
    body = {"schema": EXPORT_SCHEMA, "harness": HARNESS, "jobs": [encode(job) for job in jobs]}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def load_jobs(text: str) -> tuple[Job, ...]:
    """The jobs of an export file. Raises ``VaultcError`` where it is none, or was made for another harness."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise VaultcError(f"not a file of jobs: {fault}") from fault
    if not isinstance(body, dict) or body.get("schema") != EXPORT_SCHEMA or not isinstance(body.get("jobs"), list):
        raise VaultcError("not a file of jobs that this version reads: write it with `vaultc bench export`")
    if body.get("harness") != HARNESS:
        raise VaultcError(
            f"made for harness {body.get('harness')}, this is {HARNESS}: export and copy from one version"
        )
    try:
        jobs = tuple(decode(Job, item, "job") for item in body["jobs"])
    except DecodeError as fault:
        raise VaultcError(f"not a file of jobs: {fault}") from fault
    for job in jobs:
        if not _ID.fullmatch(job.id) or not all(_inside(path) for path in job.files):
            raise VaultcError(f"not a file of jobs: {job.id!r} names a place outside its folder")
    return jobs


def _options(info: str) -> dict[str, str] | BadSnippet:
    try:
        words = shlex.split(info)[2:]
    except ValueError:
        return BadSnippet("a quote in the info string is not closed", "close it, or leave it out")
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in _OPTIONS or not equals:
            return BadSnippet(f"the option {word!r} is not known", f"known are {', '.join(_OPTIONS)}, as name=value")
        if name in found:
            return BadSnippet(f"the option {name} is given twice", "keep one of them")
        found[name] = value
    return found


def _seconds(text: str | None) -> float | None:
    if text is None:
        return TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 1 <= seconds <= LONGEST_TIMEOUT else None


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and 1 <= int(text) <= MOST_PROCESSES else None


def _inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts and "\\" not in path


def _syntax(code: str) -> str:
    if not code.strip():
        return "the benchmark is empty"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(ast.parse(code), "snippet", "exec", dont_inherit=True)
    except SyntaxError as fault:
        return f"line {fault.lineno or 1} of the benchmark is not Python: {fault.msg}"
    except ValueError as fault:
        return f"the benchmark is not Python: {fault}"
    except (RecursionError, MemoryError):  # Python's own words for a line of thousands of signs
        return "the benchmark is nested too deep for Python"
    return ""
