"""Templates are compiled once, and again when their text is another."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from vaultc.publish.rendering import Compiled


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of templates that are compiled."""
    names: list[str] = []
    real = Environment.compile

    def compile_(self: Environment, source: str, name: str, *rest: str) -> object:
        names.append(name)
        return real(self, source, name, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", compile_)
    return names


def render(file: Path, **texts: str) -> str:
    cache = Compiled(file)
    env = Environment(loader=DictLoader(texts), bytecode_cache=cache)
    text = env.get_template("a").render()
    cache.save()
    return text


def test_a_template_is_compiled_when_its_text_is_new(tmp_path: Path, compiled: list[str]) -> None:
    file = tmp_path / "templates"
    assert render(file, a="{% include 'b' %}1", b="one") == "one1"
    assert render(file, a="{% include 'b' %}1", b="one") == "one1"
    assert compiled == ["a", "b"]
    assert render(file, a="{% include 'b' %}1", b="two") == "two1"
    assert compiled == ["a", "b", "b"]


@pytest.mark.parametrize("spoilt", [b"x", b"x" * 1000])
def test_what_nobody_of_us_wrote_is_not_run(tmp_path: Path, compiled: list[str], spoilt: bytes) -> None:
    file = tmp_path / "templates"
    render(file, a="one")
    file.write_bytes(spoilt + file.read_bytes()[len(spoilt) :])
    render(file, a="one")
    assert compiled == ["a", "a"]
