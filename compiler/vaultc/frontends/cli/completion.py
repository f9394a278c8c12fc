"""`vaultc completion`: the lines that teach a shell the commands, their options and their values."""

import click
from click.shell_completion import get_completion_class

from vaultc.frontends.cli.output import emit


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the script that makes SHELL complete what is typed after `vaultc`.

    bash: eval "$(vaultc completion bash)" in ~/.bashrc; zsh: the same with zsh in ~/.zshrc; fish: vaultc completion fish >
    ~/.config/fish/completions/vaultc.fish
    """
    from vaultc.frontends.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    emit(kind(cli, {}, "vaultc", "_VAULTC_COMPLETE").source() + "\n")
