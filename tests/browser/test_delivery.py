"""How a site reaches its readers: addresses that no page has, without a server, without a script."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import served, watched
from tests.browser.test_site import built

pytestmark = pytest.mark.browser

NOTES = {
    "index.md": "# Home\n\n[[Sparse attention]] and [[Память]]\n",
    "attention/Sparse attention.md": "---\naliases: [Разреженное внимание]\n---\n# Sparse attention\n\n[[Память]]\n\n$$ e^x $$\n\n```mermaid\ngraph LR\n  Q --> K\n```\n",
    "Память.md": "# Память\n\nСм. [[Sparse attention]].\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("delivered"), NOTES)


class _Host(http.server.SimpleHTTPRequestHandler):
    """Serves a site below `/some/where/` and shows its page for everything else, as hosts of pages do."""

    def translate_path(self, path: str) -> str:
        return (
            super().translate_path(path.removeprefix("/some/where")) if path.startswith("/some/where/") else "/nothing"
        )

    def send_error(self, code: int, *_: object) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host(site: Path) -> Iterator[str]:
    handler = functools.partial(_Host, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("asked", ["Sparse-atention/", "a/b/c/sparse%20attention.html", "разреженное внимание"])
def test_an_address_without_a_page_leads_to_those_like_it(browser: Browser, host: str, asked: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{host}/some/where/{asked}")
    expect(page.get_by_role("heading", level=1)).to_have_text("No page has this address")
    expect(page.get_by_role("link", name="first page")).to_have_attribute("href", f"{host}/some/where/")
    page.get_by_role("link", name="Sparse attention").click()
    expect(page).to_have_url(f"{host}/some/where/attention/Sparse%20attention/")
    context.close()


def test_a_site_is_read_from_a_disk(browser: Browser, tmp_path: Path) -> None:
    root = built(tmp_path, NOTES, "--offline").as_uri() + "/"
    with watched(browser, root) as watch:
        watch.page.set_viewport_size({"width": 1400, "height": 800})
        page = watch.open("index.html")
        page.locator(".md-content").get_by_role("link", name="Sparse attention").first.click()
        expect(page).to_have_url(f"{root}attention/Sparse%20attention/index.html")
        expect(page.locator(".arithmatex .katex-display")).to_be_visible()
        expect(page.locator("div.mermaid")).to_be_visible()
        page.locator(".md-content p").get_by_role("link", name="Память").first.hover()
        expect(page.locator("[data-vaultc=preview]")).to_contain_text("См. Sparse attention")
        page.get_by_role("button", name="Search").click()
        page.keyboard.type("память")
        page.get_by_role("option").first.click()
        expect(page).to_have_url(f"{root}%D0%9F%D0%B0%D0%BC%D1%8F%D1%82%D1%8C/index.html")
        page.locator(".md-nav--primary").get_by_role("link", name="Topic map").click()
        page.get_by_role("combobox", name="Find a note on the map").fill("Sparse")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{root}attention/Sparse%20attention/index.html")


def test_without_a_script_a_diagram_is_its_source(browser: Browser, site: Path) -> None:
    with served(site) as root, watched(browser, root, java_script_enabled=False) as watch:
        diagram = watch.open("attention/Sparse attention/").locator("pre.mermaid")
        expect(diagram).to_contain_text("Q --> K")
        said = diagram.evaluate("element => getComputedStyle(element, '::before').content")
        assert said == '"Mermaid"'
        expect(watch.page.locator(".arithmatex")).to_contain_text("e^x")
