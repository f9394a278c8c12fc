"""How far a measurement has come, on stderr."""

from collections.abc import Callable

from vaultc.bench.harness.runner import Step
from vaultc.frontends.cli.output import note
from vaultc.text import safe


def tell(step: Step) -> None:
    """A line for a step."""
    note(safe(f"{step.job} [{step.done}/{step.total}] {step.text}"))


class Progress:
    """A bar with the time that is left, on stderr; without a terminal, a line for each step."""

    def __init__(self, name: str) -> None:
        from rich import progress
        from rich.console import Console

        columns = (
            progress.TextColumn("{task.fields[what]}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        self._bar = progress.Progress(
            *columns, progress.TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
        )
        self._task = self._bar.add_task("", total=None, what=name)

    def __enter__(self) -> Callable[[Step], None]:
        self._bar.start()
        return self._show

    def __exit__(self, *fault: object) -> None:
        self._bar.stop()

    def _show(self, step: Step) -> None:
        from rich.markup import escape

        if self._bar.disable:
            tell(step)
            return
        what = escape(safe(f"{step.job}: {step.text}"))
        self._bar.update(self._task, completed=step.done, total=step.total, what=what)
