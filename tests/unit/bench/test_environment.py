"""What a measuring process sees of its caller's environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultc.bench.harness.environment import scrubbed

CHOOSING = {
    "CUDA_VISIBLE_DEVICES": "3",
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    "NVIDIA_VISIBLE_DEVICES": "GPU-1",
    "CUDA_MPS_PIPE_DIRECTORY": "/run/mps",
}


@pytest.mark.parametrize("name", CHOOSING)
def test_the_device_that_the_caller_chose_is_the_one_that_measures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name, CHOOSING[name])
    assert scrubbed("cuda", tmp_path)[name] == CHOOSING[name]


def test_a_run_on_the_cpu_sees_no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    assert scrubbed("cpu", tmp_path)["CUDA_VISIBLE_DEVICES"] == ""


def test_nothing_else_passes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TOKEN", "HTTPS_PROXY", "PYTHONSTARTUP", "LD_PRELOAD", "HOME"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in scrubbed("cuda", tmp_path).values()


def test_each_process_has_caches_of_its_own(tmp_path: Path) -> None:
    first, second = scrubbed("cpu", tmp_path / "0"), scrubbed("cpu", tmp_path / "1")
    for name in ("HOME", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR", "XDG_CACHE_HOME"):
        assert first[name] != second[name]
