"""What every test shares: the tools that a machine may lack."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from vaultc import faults

# Tests are never timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# What costs a user one note is a failure here; a test of that very thing takes this back.
faults.fatal = True

# A skip that begins so is about the machine (no GPU, no data beside the checkout) and never counts as a missing tool.
NOT_HERE = "not on this machine"
R = TypeVar("R", pytest.TestReport, pytest.CollectReport)
REQUIRE_TOOLS = os.environ.get("VAULTC_REQUIRE_TOOLS", "") not in {"", "0"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="write what the compiler says into tests/cases")


# A shell starts what runs in its background with interrupts ignored, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Locks and keys of the tests are not those of whoever runs them."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("missing tool: Chromium (on Debian and Ubuntu: apt-get install chromium)")


def _refuse(report: R) -> R:
    """Turn a skip for a missing tool into a failure where every tool is required."""
    if not (REQUIRE_TOOLS and report.skipped) or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if NOT_HERE not in reason:
        report.outcome = "failed"
        report.longrepr = f"{reason}\nVAULTC_REQUIRE_TOOLS is set: no test may be skipped for want of a tool."
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _refuse((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _refuse((yield))
