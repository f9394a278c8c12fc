"""What an editor tells: which folders and files it has open, what is typed, what changed on the disk."""

from collections.abc import Mapping

from lsprotocol import types

from vaultc.frontends.lsp.server import Feature, Server
from vaultc.frontends.lsp.vaults import Document, around, local

_WATCHED = "vaultc-watched-files"


def initialized(server: Server, params: types.InitializedParams) -> None:
    """Open the vaults of the editor's folders, and ask to be told what changes on the disk."""
    folders = [*server.workspace.folders] or [server.workspace.root_uri or ""]
    for uri in folders:
        server.join(uri)
    if server.watches:
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*")])
        wish = types.Registration(_WATCHED, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(types.RegistrationParams([wish]))


def opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    """A file is open: the text in the editor counts, also when it differs from the disk."""
    document = params.text_document
    if around(server.vaults.values(), document.uri) is None:
        server.join(document.uri, marked=True)
    _put(server, document.uri, document.version, document.text)
    _look(server, document.uri)  # not every editor watches the disk


def changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Something was typed."""
    document = params.text_document
    _put(server, document.uri, document.version, params.content_changes[-1].text)


def saved(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    """A file was saved, after which the disk is worth a look."""
    _look(server, params.text_document.uri)


def closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    """A file is open no more: what lies on the disk counts."""
    if found := around(server.vaults.values(), params.text_document.uri):
        found[0].close(found[1])
        server.soon()


def watched(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Files came, went or changed on the disk."""
    for event in params.changes:
        _look(server, event.uri)


def folders(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Folders were added to the editor's window, or taken from it."""
    for folder in params.event.removed:
        server.leave(folder.uri)
    for folder in params.event.added:
        server.join(folder.uri)


def shut_down(server: Server, params: None) -> None:
    """The editor takes leave: nothing more is compiled, and nothing told to somebody who listens no more."""
    server.close()


def _put(server: Server, uri: str, version: int | None, text: str) -> None:
    if found := around(server.vaults.values(), uri):
        found[0].put(found[1], Document(uri, version), text)
        server.soon()


def _look(server: Server, uri: str) -> None:
    path = local(uri)
    for open_ in server.vaults.values():
        # A repository's own files change with every command of git.
        if path and (path == open_.session.project.source or (open_.path(uri) and ".git" not in path.parts)):
            open_.look()
            server.soon()


FEATURES: Mapping[str, Feature] = {
    types.INITIALIZED: (initialized, None),
    types.TEXT_DOCUMENT_DID_OPEN: (opened, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (changed, None),
    types.TEXT_DOCUMENT_DID_SAVE: (saved, types.SaveOptions(include_text=False)),
    types.TEXT_DOCUMENT_DID_CLOSE: (closed, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (watched, None),
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: (folders, None),
    types.SHUTDOWN: (shut_down, None),
}
