"""The measuring machine: a copied folder, a Python with nothing installed, a file of jobs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import vaultc
from vaultc.bench.records.jobs import Job, dump_jobs, make_job, reader, with_files
from vaultc.bench.records.store import read_all

PLAIN = """
from vaultc import bench

def lines(n: int) -> bench.Case:
    text = open("data/poem.txt").read() * n
    return bench.Case(lambda: len(text.splitlines()), reference=lambda: 3 * n)

found = bench.measure(lines, n=[1, 10, 100], seconds=0.01, cold=False)
bench.claim("There are points.", holds=len(found) == 3, because=f"{len(found)} points")
"""

WITH_TORCH = """
import torch
from vaultc import bench

def product(n: int, kind: str) -> bench.Case:
    a, b = torch.randn(2, n, n, device=bench.device())
    if kind == "lying":
        kept = a @ b
        return bench.Case(lambda: kept, flops=2 * n**3)
    return bench.Case(lambda: a @ b, reference=lambda: a.double() @ b.double(), flops=2 * n**3)

def attention(backend: str) -> bench.Case:
    q, k, v = torch.randn(3, 1, 2, 64, 16, device=bench.device()).requires_grad_()
    run = lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v)
    return bench.Case(run, backend=backend, backward=[q, k, v])

def wrong(n: int) -> bench.Case:
    a = torch.randn(n, device=bench.device())
    return bench.Case(lambda: a.bfloat16().float(), reference=lambda: a)

def room(n: int) -> bench.Case:
    return bench.Case(lambda: torch.empty(n * 2**40, dtype=torch.uint8).zero_())

bench.measure(product, n=[64, 128], kind=["honest", "lying"], memory=True, seconds=0.02, cold=False)
bench.measure(attention, backend=["math", "flash", "cudnn"], seconds=0.02, cold=False)
bench.measure(wrong, n=[64], seconds=0.02, cold=False)
bench.measure(room, n=[4096], seconds=0.02, cold=False)
"""


def jobs_file(folder: Path, code: str, options: str = "") -> Path:
    (folder / "data").mkdir()
    (folder / "data" / "poem.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    made = make_job(f"python bench id=job {options}", code, reader(folder), "note.md")
    assert isinstance(made, Job)
    path = folder / "jobs.json"
    path.write_text(dump_jobs([with_files(made, folder, "0" * 40, False)]), encoding="utf-8")
    return path


def test_a_copied_folder_and_an_empty_python_are_enough(tmp_path: Path) -> None:
    package = tmp_path / "copied" / "compiler" / "vaultc"
    shutil.copytree(Path(vaultc.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "_web"))
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    python = tmp_path / "bare" / "bin" / "python"
    listing = subprocess.run([python, "-c", "import torch"], capture_output=True, text=True)
    assert "No module named 'torch'" in listing.stderr
    jobs = jobs_file(tmp_path, PLAIN, "depends=data/poem.txt")
    environment = {"PATH": os.defpath, "PYTHONPATH": str(package.parent), "TMPDIR": str(tmp_path)}
    command: list[str | Path] = [python, "-m", "vaultc.bench", jobs, "--out", tmp_path / "back", "--repeat", "2"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "confirmed: There are points. (3 points)" in done.stdout
    ((file,),) = read_all(tmp_path / "back").values()
    (run,) = file.runs
    assert (run.commit, run.dirty, run.environment.torch) == ("0" * 40, False, None)
    assert [len(point.samples) for point in run.points] == [2, 2, 2]
    refused = subprocess.run(
        [*command, "--device", "cuda"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert re.fullmatch(r"(?s).*error: job: torch is not installed[^\n]*\n", refused.stderr)
    wrong = subprocess.run([*command[:3], tmp_path / "none.json"], env=environment, capture_output=True, text=True)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("error: ")


def test_torch_is_measured_checked_and_doubted(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="missing tool: torch (pip install torch)")
    jobs = jobs_file(tmp_path, WITH_TORCH, "expect=oom")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "vaultc.bench",
        jobs,
        "--device",
        "cpu",
        "--out",
        tmp_path,
        "--repeat",
        "1",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    ((file,),) = read_all(tmp_path).values()
    (run,) = file.runs
    points = {(point.sweep, *point.params.values(), point.metric): point for point in run.points}
    honest, lying = points["product", 128, "honest", "time"], points["product", 128, "lying", "time"]
    assert honest.error is not None and honest.error < 1e-4
    assert honest.dtype == "float32"
    assert "cached-output" not in honest.flags
    assert "cached-output" in lying.flags
    assert honest.rss and lying.rss
    assert points["attention", "math", "time"].backend == "MATH"
    assert points["attention", "math", "backward time"].measured
    assert points["attention", "flash", "time"].backend == "FLASH_ATTENTION"
    assert points["attention", "cudnn", "time"].status == "skipped"
    assert points["wrong", 64, "time"].status == "wrong_result"
    assert points["room", 4096, "time"].status == "oom"
    assert run.status == "wrong_result", "an expected oom is none, a wrong result is"
    assert done.returncode == 1
    assert run.ceilings.copy and run.ceilings.gemm["float32"]
    assert run.environment.torch
