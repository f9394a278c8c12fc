"""From records to the protocol's types and back; nothing else turns a span into a range."""

from collections.abc import Iterable

from lsprotocol import types

from vaultc.diagnostics import Diagnostic, Edit, Severity, quoted
from vaultc.frontends.lsp.vaults import OpenVault
from vaultc.publish.web import rules_dir
from vaultc.refactor.unlinked import Mention
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
    """Converts for one vault, and one client: columns are counted in `unit`, and `versions` says whether edits may name theirs."""

    def __init__(self, open_: OpenVault, unit: Unit, versions: bool) -> None:
        self.open, self.unit, self.versions = open_, unit, versions

    def offset(self, path: str, position: types.Position) -> int:
        """The byte at a position of the client; what lies outside the file is drawn in."""
        return self.open.lines(path).offset(position.line, position.character, self.unit)

    def position(self, path: str, offset: int) -> types.Position:
        """A byte's position as the client counts."""
        if offset == 0:  # which takes no look at the file
            return types.Position(0, 0)
        return types.Position(*self.open.lines(path).editor(offset, self.unit))

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

    def mention(self, found: Mention) -> types.Diagnostic:
        """A name that is no link, as the faintest remark that there is."""
        message = f"names {quoted(found.target)} and does not link to it"
        hint = types.DiagnosticSeverity.Hint
        return types.Diagnostic(self.range(found.path, found.span), message, severity=hint, source="vaultc")

    def edits(
        self, edits: Iterable[Edit], operations: Iterable[FileOperation] = (), create: tuple[str, str] | None = None
    ) -> types.WorkspaceEdit:
        """A file to create, by path and text; edits of notes as they are now; then operations on files. A client that knows versions
        applies edits to these or not at all."""
        by_path: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            by_path.setdefault(edit.path, []).append(types.TextEdit(self.range(edit.path, edit.span), edit.text))
        texts = [self._text(path, found) for path, found in by_path.items()]
        changes = [*(self._created(*create) if create else ()), *texts, *operations]
        if not self.versions and len(texts) == len(changes):
            return types.WorkspaceEdit(changes={self.open.uri(path): found for path, found in by_path.items()})
        return types.WorkspaceEdit(document_changes=changes)

    def _created(self, path: str, text: str) -> tuple[types.CreateFile, types.TextDocumentEdit]:
        never_over = types.CreateFileOptions(overwrite=False, ignore_if_exists=False)
        start = types.Position(0, 0)
        new = self._text(path, [types.TextEdit(types.Range(start, start), text)])
        return types.CreateFile(self.open.uri(path), options=never_over), new

    def _text(self, path: str, edits: list[types.TextEdit]) -> types.TextDocumentEdit:
        document = types.OptionalVersionedTextDocumentIdentifier(self.open.uri(path), self.open.version(path))
        return types.TextDocumentEdit(document, [*edits])
