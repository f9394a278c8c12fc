"""The command `vaultc`. Each subcommand is a module of its own, imported when it is called."""

import gc
import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from io import StringIO
from keyword import iskeyword
from typing import Any

import click
from click.shell_completion import CompletionItem

from vaultc.errors import VaultcError
from vaultc.text import safe_lines

# Name, and what `vaultc --help` says of it: kept here so that the list imports no command.
COMMANDS = {
    "check": "Report what is wrong with a vault.",
    "build": "Compile a vault into a website.",
    "serve": "Build a vault and show it live.",
    "graph": "Export the link graph.",
    "book": "Make one document of a reading order.",
    "new": "Write a new note from a template.",
    "import": "Make notes of chats and exports.",
    "mv": "Rename a note or folder and every link to it.",
    "backlinks": "List the links to a note.",
    "mentions": "List where notes are named and not linked.",
    "query": "Ask about notes and links.",
    "stats": "Count what is in a vault.",
    "explain": "Explain a diagnostic code.",
    "init": "Write a new project.",
    "trust": "Let a project run its hooks and templates.",
    "lsp": "Serve an editor as a language server.",
    "completion": "Print what makes a shell complete vaultc.",
    "bench": "Run and show the measurements of a vault.",
}
_MODULES = {"serve": "build"}

# What a command leaves here lives until the process ends.
kept: list[object] = []


class _Commands(click.Group):
    """A group that knows its commands by name and imports one only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(_module(cmd_name)), _identifier(cmd_name))
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        named = [CompletionItem(name, help=said) for name, said in COMMANDS.items() if name.startswith(incomplete)]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


def _module(name: str) -> str:
    return f"vaultc.frontends.cli.{_MODULES.get(name, _identifier(name))}"


def _identifier(name: str) -> str:
    """What a command is called in Python."""
    return f"{name}_" if iskeyword(name) else name


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=lambda context, _, asked: _tell_versions(context) if asked and not context.resilient_parsing else None,
    help="Show the versions of vaultc and of its engines.",
)
def cli() -> None:
    """Compile a folder of wiki-linked Markdown notes: check its links, draw its graph, build its website."""


def _tell_versions(context: click.Context) -> None:
    from vaultc.frontends.cli.output import emit
    from vaultc.frontends.versions import versions

    emit("".join(f"{name} {version}\n" for name, version in versions()))
    context.exit()


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 all well, 1 findings, 2 wrong use or surroundings, 3 a fault of vaultc itself."""
    _opened()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    status = _run(arguments)
    if kept and arguments is None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)  # stdout is flushed; to take a large vault apart object by object takes a while
    gc.enable()  # who called this goes on
    sys.exit(status)


def _opened() -> None:
    """Put nothing in the place of standard streams that were closed, or the next file that is opened would be one of them."""
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        while (handle := os.open(os.devnull, os.O_RDWR)) < 3:
            pass
        os.close(handle)
        sys.stdout = sys.stdout or StringIO()
        sys.stderr = sys.stderr or StringIO()


def _run(arguments: list[str] | None) -> int:
    try:
        status: Any = cli.main(arguments, prog_name="vaultc", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as fault:
        from vaultc.frontends.cli.output import tell

        shown = io.StringIO()
        fault.show(shown)
        tell(safe_lines(shown.getvalue()))
        return 2
    except click.Abort:
        return 130
    except VaultcError as fault:
        return _say(str(fault), 2)
    except MemoryError:
        return _say("out of memory", 2)
    except OSError as fault:
        return _surroundings(fault)
    except Exception as fault:
        if os.environ.get("VAULTC_DEBUG"):
            raise
        kind = " ".join(f"{type(fault).__name__}: {fault}".split())[:200]
        return _say(
            f"a fault of vaultc itself: {kind}; please report it, with what the same command prints under VAULTC_DEBUG=1",
            3,
        )


def _surroundings(fault: OSError) -> int:
    """A disk, a pipe or a terminal that failed."""
    if fault.filename is not None:
        return _say(f"{fault.filename}: {fault.strerror or fault}", 2)
    with suppress(OSError, ValueError):  # else the interpreter flushes, and complains, once more on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(fault, BrokenPipeError):  # the reader has seen enough
        return 0
    return _say(f"output failed: {fault.strerror or fault}", 2)


def _say(message: str, status: int) -> int:
    from vaultc.frontends.cli.output import note

    note(f"vaultc: {' '.join(message.split())}")
    return status
