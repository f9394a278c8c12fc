"""How long a writer waits for the language server: a session of typing in a large vault, replayed at its pace.

    python benchmarks/editor.py [--notes 5000] [--repeat 3]

`typing.txt` is the session: a key a line after the milliseconds since the one before, `back` for one that takes a slip back, and
`go TEXT` for the cursor set behind the next place of that text. It changes a note that others link to, its headings,
tags and title among it. `vaultc lsp` runs as an editor starts it. Each key sends the whole text and waits for nothing. Timed are
from a key to the findings of the text with it, and, with the cursor in a link or tag, from the key to what is offered. In the pauses the
client asks what editors ask then (colours, outline, folds, hints, links, lenses), which delays the next key if it takes long.

The times are those of a clock, so that other work on the machine shows; beside them stands how much processor time the server took for
the session, and how long it was ready to run and had to wait for a processor (`/proc`, Linux only).
"""

import argparse
import asyncio
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from vaults import write_vault

RECORDED = Path(__file__).with_name("typing.txt")
# A pause of so many seconds is used by editors to ask for what they draw.
_PAUSE = 0.25
_OFFERED = re.compile(r"(\[\[[^\]\n]*|(?<!\S)#[^\s#]*)$")
_KEYS = {"space": " ", "enter": "\n"}


@dataclass(slots=True)
class Times:
    """What was waited for, in seconds: findings, completion, what editors draw, and the vault at the start."""

    findings: list[float] = field(default_factory=list)
    completion: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    opened: float = 0


@dataclass(frozen=True, slots=True)
class Typed:
    """A state of the text: seconds since the one before, the text, and how much of it stands before the cursor."""

    wait: float
    text: str
    cursor: int


def states(text: str, session: Sequence[str]) -> Iterator[Typed]:
    """The states that a session leads a text through."""
    cursor = 0
    for line in session:
        pause, key = line.split(" ", 1)
        if pause == "go":
            cursor = text.index(key) + len(key)
            continue
        kept = text[: cursor - (key == "back")]
        new = "" if key == "back" else _KEYS.get(key, key)
        text, cursor = kept + new + text[cursor:], len(kept) + len(new)
        yield Typed(int(pause) / 1000, text, cursor)


class Writer:
    """An editor with one note open, whose keys come when they come."""

    def __init__(self, root: Path, path: Path) -> None:
        self.root, self.times = root, Times()
        self.document = types.TextDocumentIdentifier(path.as_uri())
        self.client = LanguageClient("benchmark", "1")
        self.sent: dict[int, float] = {}
        self.asked: set[asyncio.Task[None]] = set()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def told(params: types.PublishDiagnosticsParams) -> None:
            if params.uri == self.document.uri and params.version is not None:
                for version in [it for it in self.sent if it <= params.version]:
                    self.times.findings.append(time.perf_counter() - self.sent.pop(version))

    async def write(self, text: str, session: Sequence[str]) -> str:
        """Write the session into a note of this text; what the server's processor did meanwhile, in words."""
        began = time.perf_counter()
        await self._open(text)
        self.times.opened = time.perf_counter() - began
        server = self.client._server
        assert server
        before = _scheduled(server.pid)
        due = time.perf_counter()
        for version, typed in enumerate(states(text, session), 2):
            due += typed.wait
            if typed.wait >= _PAUSE:
                self._ask(self._draw())
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            self._key(version, typed)
        while self.sent or self.asked:
            await asyncio.sleep(0.01)
        after = _scheduled(server.pid)
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]
        if not (before and after):
            return ""
        ran, waited = (b - a for a, b in zip(before, after, strict=True))
        return f"server: {ran:.2f} s of processor, ready and waiting for one {waited:.2f} s"

    def _key(self, version: int, typed: Typed) -> None:
        self.sent[version] = time.perf_counter()
        document = types.VersionedTextDocumentIdentifier(version, self.document.uri)
        change = types.TextDocumentContentChangeWholeDocument(typed.text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        before = typed.text[: typed.cursor]
        line = before.rpartition("\n")[2]
        if _OFFERED.search(line):
            where = types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)
            self._ask(self._complete(where))

    def _ask(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.asked.add(task)
        task.add_done_callback(self.asked.discard)

    async def _complete(self, where: types.Position) -> None:
        began = time.perf_counter()
        await self.client.text_document_completion_async(types.CompletionParams(self.document, where))
        self.times.completion.append(time.perf_counter() - began)

    async def _draw(self) -> None:
        whole = types.Range(types.Position(0, 0), types.Position(10_000, 0))
        began = time.perf_counter()
        await asyncio.gather(
            self.client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(self.document)),
            self.client.text_document_document_symbol_async(types.DocumentSymbolParams(self.document)),
            self.client.text_document_folding_range_async(types.FoldingRangeParams(self.document)),
            self.client.text_document_inlay_hint_async(types.InlayHintParams(self.document, whole)),
            self.client.text_document_document_link_async(types.DocumentLinkParams(self.document)),
            self.client.text_document_code_lens_async(types.CodeLensParams(self.document)),
        )
        self.times.drawn.append(time.perf_counter() - began)

    async def _open(self, text: str) -> None:
        await self.client.start_io(sys.executable, "-m", "vaultc", "lsp")
        folder = types.WorkspaceFolder(self.root.as_uri(), self.root.name)
        capabilities = types.ClientCapabilities()
        await self.client.initialize_async(types.InitializeParams(capabilities, workspace_folders=[folder]))
        self.client.initialized(types.InitializedParams())
        item = types.TextDocumentItem(self.document.uri, types.LanguageKind.Markdown, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self.client.workspace_symbol_async(types.WorkspaceSymbolParams(""))


def _scheduled(process: int) -> tuple[float, float] | None:
    """Seconds that a process ran, and that it was ready and waited; None where the system does not say."""
    try:
        ran, waited, _ = Path(f"/proc/{process}/schedstat").read_text().split()
    except OSError:
        return None
    return int(ran) / 1e9, int(waited) / 1e9


def shown(name: str, times: Sequence[float]) -> str:
    """Median, 99th percentile and maximum of some times."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    figures = "".join(f"{1000 * it:>10.1f}" for it in (statistics.median(times), cuts[98], max(times)))
    return f"{name:<24}{len(times):>6}{figures}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=5000)
    parser.add_argument("--repeat", type=int, default=3, help="sessions, each with a server of its own")
    options = parser.parse_args()
    session = RECORDED.read_text(encoding="utf-8").splitlines()
    print(f"Python {platform.python_version()}, {platform.machine()}, {options.notes:,} notes")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "vault").resolve()
        os.environ["XDG_CACHE_HOME"] = str(Path(folder, "cache"))
        write_vault(root, options.notes)
        path = sorted(root.glob("area*/*.md"))[-1]
        text = path.read_text(encoding="utf-8")
        for _ in range(options.repeat):
            writer = Writer(root, path)
            processor = asyncio.run(writer.write(text, session))
            times = writer.times
            print(f"\n{'milliseconds':<24}{'times':>6}{'median':>10}{'99 %':>10}{'longest':>10}")
            print(shown("findings", times.findings))
            print(shown("completion", times.completion))
            print(shown("what is drawn", times.drawn))
            print(f"opened in {times.opened:.1f} s; {processor}", flush=True)


if __name__ == "__main__":
    main()
