"""The box of a task has a name, sanitised or not."""

import markdown
import pytest

from vaultc.emit.lower import Plan, lower
from vaultc.parse import read
from vaultc.publish.dialect import extensions


def rendered(text: str, html: str = "sanitized") -> str:
    used = extensions(html)
    return markdown.markdown(lower(read(text.encode()), Plan()), extensions=[*used], extension_configs=used)


@pytest.mark.parametrize("html", ["sanitized", "trusted"])
def test_a_box_is_called_what_its_task_says(html: str) -> None:
    page = rendered('- [x] Say "no" & go\n- [ ] **Bold**\n', html)
    assert page.count('type="checkbox"') == page.count("aria-label=") == 2
    assert 'aria-label="Say &quot;no&quot; &amp; go"' in page
    assert 'aria-label="Task"' in page


@pytest.mark.parametrize(
    ("text", "size"),
    [("![250](p.png)", 'width="250"'), ("![a|25x10](p.png)", 'height="10"'), ("![2x](p.png)", 'alt="2x"')],
)
def test_an_image_has_the_size_that_its_text_says(text: str, size: str) -> None:
    page = rendered(text)
    assert size in page
    assert 'alt="250"' not in page
