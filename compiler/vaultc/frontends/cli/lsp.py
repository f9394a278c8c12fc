"""`vaultc lsp`: the language server, which an editor starts."""

import os
import sys

import click

from vaultc.errors import VaultcError


@click.command()
def lsp() -> None:
    """Serve an editor as a language server, over standard input and output.

    An editor starts it, once for all its folders; the guide has the lines for the usual ones.
    """
    try:
        from vaultc.frontends.lsp.server import create
    except ImportError as fault:
        raise VaultcError(f"the language server needs an extra: pip install 'vaultc[lsp]' ({fault})") from None
    # The server closes what it writes to, and the command line flushes its standard output when all is done.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        create().start_io(stdout=out)
