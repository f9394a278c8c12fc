"""What stands around pages is made once; every page comes out as its own template makes it."""

import filecmp
from pathlib import Path

import pytest

from vaultc import many
from vaultc.publish.engine import Target, engine
from vaultc.publish.frame import Frames
from vaultc.session import Session

VAULT = {
    "index.md": "# Home\n\n[[one]] [[Two]]\n",
    "area/one.md": '---\nsummary: A "b" <c> & d\ntags: [x/y]\n---\n# One & `two` *three*\n\n## Part\n\nText [[Two]]\n',
    "area/Two.md": "text without a heading\n",
    "area/deep/er/three.md": "---\ntitle: vaultc-mark:content; <b>\n---\n# Three\n\n# Another\n\nvaultc-mark:title;\n",
    # The theme's own files lie in a folder of this name, and are written shorter from there.
    "assets/four.md": "# Four\n\n[[one]]\n",
    "assets/deep/five.md": "# Five\n",
    "area/six.md": "",
}
CONFIG = 'site_url = "https://example.org/x/"\n'
NAMED = 'site_name = "vaultc-mark:title; vaultc-mark:other;"\n'  # what looks like a mark is none


@pytest.mark.parametrize("config", ["", CONFIG, NAMED, 'dialect = "material"\n'])
def test_a_page_in_a_frame_is_the_page_of_its_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(many, "_processors", lambda: 1)
    notes = tmp_path / "notes"
    files = VAULT | {f"area/deep/n{at}.md": f"# N {at}\n\n[[n{at + 1}]]\n" for at in range(4)}
    for name, text in {**files, "vaultc.toml": config}.items():
        path = notes / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    filled = []
    real = Frames._filled

    def counted(self: Frames, *arguments: object) -> str:
        filled.append(arguments)
        return real(self, *arguments)  # type: ignore[arg-type]

    def built(place: Path) -> Path:
        session = Session.open(notes, trusted=True)
        return session.publish(engine("mkdocs", session.project, Target(place))).site

    monkeypatch.setattr(Frames, "_filled", counted)
    framed = built(tmp_path / "framed")
    assert len(filled) > 10
    monkeypatch.setattr(Frames, "render", _whole)
    whole = built(tmp_path / "whole")
    names = sorted(path.relative_to(whole).as_posix() for path in whole.rglob("*.html"))
    assert len(names) > 15
    _, differ, missing = filecmp.cmpfiles(whole, framed, names, shallow=False)
    assert (differ, missing) == ([], [])


def _whole(frames: Frames, context: dict[str, object]) -> str:
    return frames._env.get_template("main.html").render(context)
