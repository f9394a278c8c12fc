"""The server: what an editor sends goes to its vault, and what the vault knows goes back.

All of it runs on one thread, in the order in which it arrives. What is typed is compiled when somebody asks, or a moment later.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

import vaultc
from vaultc.errors import VaultcError
from vaultc.frontends import watching
from vaultc.frontends.lsp.codec import Codec
from vaultc.frontends.lsp.vaults import OpenVault, around, local
from vaultc.frontends.scope import is_marked
from vaultc.session import Session
from vaultc.text import Unit

# Seconds in which more may come that is compiled in the same step.
_MOMENT = 0.01
# Of what nobody waits for, seconds in one go, and between them; and after the last key.
_GO, _REST, _QUIET = 0.005, 0.01, 2.0
# What answers a method of the protocol, and the options of the method.
Feature = tuple[Callable[..., Any], Any]


class At(NamedTuple):
    """A note that a request is about, in its vault."""

    open: OpenVault
    codec: Codec
    path: str


class Server(LanguageServer):
    """One server for one editor: the vaults of its folders."""

    def __init__(self) -> None:
        # Whole texts: what an editor calls a line is not what others call one, and a slip would stay in every later text.
        super().__init__("vaultc", vaultc.__version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.vaults: dict[Path, OpenVault] = {}
        self._soon: asyncio.TimerHandle | None = None
        self._later: asyncio.Task[None] | None = None
        self._said = ""
        self._watched: dict[Path, Event] = {}

    @property
    def watches(self) -> bool:
        """Whether the client tells what changes on the disk, once it is asked to."""
        workspace = self.client_capabilities.workspace
        files = workspace and workspace.did_change_watched_files
        return bool(files and files.dynamic_registration)

    @property
    def snippets(self) -> bool:
        """Whether the client takes snippets. Of a plain text Neovim takes the first word."""
        document = self.client_capabilities.text_document
        item = document and document.completion and document.completion.completion_item
        return bool(item and item.snippet_support)

    @property
    def unit(self) -> Unit:
        """What the columns of this client count."""
        return types.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value

    def join(self, uri: str, *, marked: bool = False) -> None:
        """Open the vault of a folder, or of a file that lies in one that is `marked` as a vault."""
        path = local(uri)
        if path is None:
            return
        try:
            session = Session.open(path)
            if session.project.root not in self.vaults and (is_marked(session.project) or not marked):
                self.vaults[session.project.root] = OpenVault(session)
                self._watch(session)
                gc.freeze()  # the search for cycles need not walk through all that stays: of a large vault that takes a third of a second
        except VaultcError as fault:
            self.say(str(fault))
        self.soon()

    def leave(self, uri: str) -> None:
        """Close the vault of a folder, and take back what was said of it."""
        path = local(uri)
        for root, open_ in [*self.vaults.items()]:
            if path and (root == path.resolve() or root.is_relative_to(path.resolve())):
                del self.vaults[root]
                if root in self._watched:
                    self._watched.pop(root).set()
                for told in open_.findings:
                    self.publish(open_.uri(told), [])

    def close(self) -> None:
        """Close all vaults, and forget what was to be compiled."""
        self.vaults.clear()
        for stop in self._watched.values():
            stop.set()
        self._watched.clear()
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._later is not None:
            self._later.cancel()

    def soon(self) -> None:
        """See that what arrived is compiled, and told, in a moment."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_MOMENT, self._settle)

    def at(self, uri: str) -> At | None:
        """The note at an address, compiled as it is in the editor now; None for what is no note of an open vault."""
        found = around(self.vaults.values(), uri)
        if found is None:
            return None
        self.settle(found[0])
        at = At(found[0], self.codec(found[0]), found[1])
        return at if at.path in at.open.vault.notes else None

    def codec(self, open_: OpenVault) -> Codec:
        """The converter for a vault."""
        workspace = self.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        return Codec(open_, self.unit, bool(edits and edits.document_changes))

    def settle(self, open_: OpenVault) -> None:
        """Compile what arrived for a vault, and tell what changed."""
        try:
            open_.settle()
            self._said = ""
        except VaultcError as fault:
            self.say(str(fault))
        codec = self.codec(open_)
        for path in sorted(open_.news()):
            found = [codec.diagnostic(it) for it in open_.findings.get(path, ())]
            found += [codec.mention(it) for it in open_.mentions(path)]
            self.publish(open_.uri(path), found, open_.version(path))

    def say(self, message: str) -> None:
        """Show a fault of the surroundings to the user, once as long as it lasts."""
        if message != self._said:
            self._said = message
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"vaultc: {message}"))

    def publish(self, uri: str, found: Iterable[types.Diagnostic], version: int | None = None) -> None:
        """Tell what is wrong with a file, in place of what was told before."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, [*found], version))

    def _watch(self, session: Session) -> None:
        """Look at the disk when something changes there, for a client that does not tell. (Neovim renames files and says nothing.)"""
        if self.watches:
            return
        root, loop, stop = session.project.root, asyncio.get_running_loop(), Event()
        self._watched[root] = stop

        def look() -> None:
            if root in self.vaults:
                self.vaults[root].look()
                self.soon()

        def watch() -> None:
            # Where the system does not tell, or the loop has ended, nobody looks; what the editor opens and saves is still seen.
            with suppress(OSError, RuntimeError):
                for _ in watching.changes(session.project, stop):
                    loop.call_soon_threadsafe(look)

        Thread(target=watch, daemon=True).start()

    def _settle(self) -> None:
        self._soon = None
        for open_ in self.vaults.values():
            self.settle(open_)
        if self._later is not None:
            self._later.cancel()
        self._later = asyncio.get_running_loop().create_task(self._gather())

    async def _gather(self) -> None:
        """When nothing comes for a while, learn by which names notes may be mentioned, and never keep anybody waiting for it."""
        await asyncio.sleep(_QUIET)
        for open_ in [*self.vaults.values()]:
            steps = open_.gathering() if open_.documents else None
            if steps is None:
                continue
            while not _gone(steps, time.monotonic() + _GO):
                await asyncio.sleep(_REST)
            self.settle(open_)


def _gone(steps: Iterator[None], until: float) -> bool:
    """Go some steps, and say whether they were the last."""
    while time.monotonic() < until:
        try:
            next(steps)
        except StopIteration:
            return True
    return False


def refused(fault: VaultcError) -> JsonRpcException:
    """The answer to a request that cannot be fulfilled: one line that says why."""
    return JsonRpcException(" ".join(str(fault).split()), code=types.LSPErrorCodes.RequestFailed)


def create() -> Server:
    """A server that answers everything that vaultc can."""
    from vaultc.frontends.lsp import documents, navigation, writing

    server = Server()
    for module in (documents, navigation, writing):
        for method, (handler, options) in module.FEATURES.items():
            server.feature(method, options)(handler)
    return server
