"""The live preview under the policy of the site: MkDocs would put a script into each page."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from mkdocs.livereload import LiveReloadServer

_SCRIPT: Final = "/livereload.js"
_PAGE_ENDS: Final = b"</body>"


def guard(server: LiveReloadServer, policy: str) -> None:
    """Let a server send the policy with all that it serves, and the script that waits for the next build as a file."""
    inject = server._inject_js_into_html
    app: Any = server.get_app()

    def link(content: bytes, epoch: int) -> bytes:
        head, end, tail = content.rpartition(_PAGE_ENDS)
        return b'%b<script src="%b?%d"></script>%b%b' % (head, _SCRIPT.encode(), epoch, end, tail)

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("Content-Security-Policy", policy)], *rest)

        epoch = environ.get("QUERY_STRING", "")
        if environ["PATH_INFO"] == _SCRIPT and re.fullmatch("[0-9]+", epoch):
            start("200 OK", [("Content-Type", "application/javascript")])
            script: bytes = inject(b"", int(epoch))  # type: ignore[no-untyped-call]
            return [script.removeprefix(b"<script>").removesuffix(b"</script>")]
        pieces: Iterable[bytes] = app(environ, start)
        return pieces

    server._inject_js_into_html = link  # type: ignore[method-assign]
    server.set_app(serve)
