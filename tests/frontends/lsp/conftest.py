"""An editor: the protocol's own client, which starts `vaultc lsp` and speaks with it over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

T = TypeVar("T")
PATIENCE = 60


class Editor:
    """A client and its server. Texts are given and taken by path in the vault."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.loop = asyncio.new_event_loop()
        self.thread = ThreadPoolExecutor(1)  # the browser of other tests has a loop in this one
        self.client = LanguageClient("test", "1")
        self.diagnostics: dict[str, list[types.Diagnostic]] = {}
        self.versions: dict[str, int | None] = {}
        self.messages: list[str] = []
        self.registered: list[str] = []
        self.complaints = b""  # what the server wrote to its standard error, known when it has ended

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def told(params: types.PublishDiagnosticsParams) -> None:
            self.diagnostics[params.uri] = list(params.diagnostics)
            self.versions[params.uri] = params.version

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]
        def said(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
        def registered(params: types.RegistrationParams) -> None:
            self.registered += [it.method for it in params.registrations]

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a request."""
        return self.thread.submit(self.loop.run_until_complete, asyncio.wait_for(work, PATIENCE)).result()

    def start(
        self, unit: str = "utf-16", completion: types.CompletionClientCapabilities | None = None, **workspace: Any
    ) -> types.InitializeResult:
        """Start the server and make acquaintance."""
        environment = {**os.environ, "PYTHONWARNINGS": "error"}
        self.wait(self.client.start_io(sys.executable, "-m", "vaultc", "lsp", env=environment, cwd=self.root))
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=[unit]),
            text_document=types.TextDocumentClientCapabilities(completion=completion),
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True), **workspace
            ),
        )
        folder = types.WorkspaceFolder(self.root.as_uri(), self.root.name)
        asked = types.InitializeParams(capabilities, process_id=os.getpid(), workspace_folders=[folder])
        result = self.wait(self.client.initialize_async(asked))
        self.capabilities = result.capabilities
        self.client.initialized(types.InitializedParams())
        return result

    def stop(self) -> int | None:
        """Take leave, and give what the server exits with."""
        assert self.client._server
        if self.client._server.returncode is None:
            self.dismiss()
        return self.leave()

    def dismiss(self) -> None:
        """Tell the server that it is needed no more; it answers, and waits to be told to go."""
        self.wait(self.client.shutdown_async(None))

    def leave(self) -> int | None:
        """Tell the server to go, and give what it exits with."""
        server = self.client._server
        assert server and server.stderr
        if server.returncode is None:
            self.client.exit(None)
        self.wait(server.wait())
        self.complaints = self.wait(server.stderr.read())
        self.close()
        return server.returncode

    def close(self) -> None:
        """Let go of the client's own things."""
        self.wait(self.client.stop())  # type: ignore[no-untyped-call]
        self.wait(asyncio.sleep(0))
        self.loop.close()
        self.thread.shutdown()

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def document(self, path: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(path))

    def open(self, path: str, text: str | None = None) -> None:
        text = (self.root / path).read_text(encoding="utf-8") if text is None else text
        item = types.TextDocumentItem(self.uri(path), types.LanguageKind.Markdown, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, path: str, text: str, version: int = 2) -> None:
        document = types.VersionedTextDocumentIdentifier(version, self.uri(path))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def shut(self, path: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.document(path)))

    def changed(self, *paths: str) -> None:
        """Tell that files on the disk are others."""
        events = [types.FileEvent(self.uri(path), types.FileChangeType.Changed) for path in paths]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    def codes(self, path: str) -> list[str]:
        """The codes of what is wrong with a file, once everything is told that was sent before."""
        self.settled()
        return [str(it.code) for it in self.diagnostics.get(self.uri(path), [])]

    def settled(self) -> None:
        """What is asked after a change is answered with it, and what changed was told before the answer."""
        self.wait(self.client.workspace_symbol_async(types.WorkspaceSymbolParams("")))


def place(text: str, mark: str = "¦") -> tuple[str, types.Position]:
    """A text without the mark that stands for the cursor, and the cursor's position in UTF-16."""
    before, _, after = text.partition(mark)
    line = before.rpartition("\n")[2]
    return before + after, types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def written(root: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


NOTES = {
    "index.md": "# Home\n\n🦊 to [[Guide]] and [[Gide]].\n\n[[Twin]] [[Guide#Étape 🦊 two|two]] ![[dot.png]]\n",
    "Guide.md": "---\naliases: [Handbook]\ntags: [a/b]\n---\n## One\n\nBack to [[index]].\n\n"
    "## Étape 🦊 two\n\nSome words. ^kept\n\n### Below\n\n[[#One]] #a/c\n",
    "a/Twin.md": "[[Guide#^kept]]\n",
    "b/Twin.md": "See [[Guide]].\n",
    "dot.png": "",
}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small vault in three folders, two of which have a note of the same name."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return written(tmp_path / "vault", NOTES)


@contextmanager
def opened(vault: Path) -> Iterator[Editor]:
    """An editor with a vault open, which takes leave in the end."""
    editor = Editor(vault)
    editor.start()
    yield editor
    if not editor.loop.is_closed():
        assert editor.stop() == 0


@pytest.fixture
def editor(vault: Path) -> Iterator[Editor]:
    """An editor with that vault open."""
    with opened(vault) as editor:
        yield editor


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One editor for several tests that leave the disk alone and close what they open."""
    with opened(written(tmp_path_factory.mktemp("read") / "vault", NOTES)) as editor:
        yield editor
