"""From records to the protocol's types and back; nothing else turns a span into a range."""

from collections.abc import Iterable

from lsprotocol import types

from vaultc.diagnostics import Diagnostic, Edit, Severity
from vaultc.frontends.lsp.vaults import OpenVault
from vaultc.publish.web import rules_dir
from vaultc.text import Span, Unit

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
# Findings about something that could as well be left out.
_UNNECESSARY = {"VC005"}
FileOperation = types.CreateFile | types.RenameFile


class Codec:
    """Converts for one vault, and one client: columns are counted in `unit`."""

    def __init__(self, open_: OpenVault, unit: Unit) -> None:
        self.open = open_
        self.unit = unit

    def offset(self, path: str, position: types.Position) -> int:
        """The byte at a position of the client; what lies outside the file is drawn in."""
        return self.open.report.lines(path).offset(position.line, position.character, self.unit)

    def position(self, path: str, offset: int) -> types.Position:
        """A byte's position as the client counts."""
        return types.Position(*self.open.report.lines(path).editor(offset, self.unit))

    def range(self, path: str, span: Span) -> types.Range:
        """A span's range as the client counts."""
        return types.Range(self.position(path, span.start), self.position(path, span.end))

    def location(self, path: str, span: Span) -> types.Location:
        """A place in a file."""
        return types.Location(self.open.uri(path), self.range(path, span))

    def diagnostic(self, found: Diagnostic) -> types.Diagnostic:
        """A finding, in the words of `check`: the message, and below it what to do."""
        page = rules_dir() / f"{found.code} {found.name}.md"
        return types.Diagnostic(
            self.range(found.path, found.span),
            found.message + (f"\n{found.help}" if found.help else ""),
            severity=_SEVERITIES[found.severity],
            code=found.code,
            code_description=types.CodeDescription(page.as_uri()),
            source="vaultc",
            tags=[types.DiagnosticTag.Unnecessary] if found.code in _UNNECESSARY else None,
            related_information=[
                types.DiagnosticRelatedInformation(self.location(label.path, label.span), label.message)
                for label in found.labels
            ],
        )

    def edits(self, edits: Iterable[Edit], operations: Iterable[FileOperation] = ()) -> types.WorkspaceEdit:
        """Edits of notes as they are now, then operations on files. A client applies them to these versions or not at all."""
        by_path: dict[str, list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit]] = {}
        for edit in edits:
            by_path.setdefault(edit.path, []).append(types.TextEdit(self.range(edit.path, edit.span), edit.text))
        texts = [
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(self.open.uri(path), self.open.version(path)), found
            )
            for path, found in by_path.items()
        ]
        return types.WorkspaceEdit(document_changes=[*texts, *operations])


def plain(edit: types.WorkspaceEdit) -> types.WorkspaceEdit:
    """The same for a client that knows no versions. Operations on files have no older form."""
    changes: dict[str, list[types.TextEdit]] = {}
    for change in edit.document_changes or ():
        if not isinstance(change, types.TextDocumentEdit):
            return edit
        changes[change.text_document.uri] = [it for it in change.edits if isinstance(it, types.TextEdit)]
    return types.WorkspaceEdit(changes=changes)
