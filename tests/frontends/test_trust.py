"""A project that came from elsewhere is data until its user says otherwise."""

import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import NOT_HERE
from tests.frontends.test_build import run, tree, write
from vaultc.config import locate
from vaultc.errors import VaultcError
from vaultc.publish import settings
from vaultc.session import Session

RUNS = "from pathlib import Path\nPath(r'{}').touch()\ndef on_page_content(html, **kw): return html + '<p>from the hook</p>'\n"
MKDOCS = """site_name: "P & <b>Q</b>"
docs_dir: notes
site_dir: public
theme: {name: material, custom_dir: theme, features: [navigation.top]}
plugins: [search: {lang: [en]}, vaultc, tags]
hooks: [tools/hook.py]
markdown_extensions:
  - toc: {permalink: true, slugify: !!python/object/apply:os.system ["touch MARK2"]}
  - pymdownx.snippets: {base_path: /}
  - admonition
"""
TEMPLATE = "{% extends 'base.html' %}{% block footer %}FROM THE TEMPLATE{% endblock %}"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A user who has trusted nothing yet."""
    state = {f"XDG_{name}_HOME": str(tmp_path / "home" / name) for name in ("CACHE", "STATE")}
    return {**os.environ, "HOME": str(tmp_path / "home"), "NO_COLOR": "1", "PWD": str(tmp_path), **state}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project",
        {
            "notes/a.md": "# A\n\n[[b]]\n",
            "notes/b.md": "# B\n\n<b onclick='x()'>bold</b>\n",
            "vaultc.toml": 'vault = "notes"\nhtml = "trusted"\n',
            "mkdocs.yml": MKDOCS.replace("MARK2", str(tmp_path / "mark2")),
            "tools/hook.py": RUNS.format(tmp_path / "mark"),
            "theme/main.html": TEMPLATE,
        },
    )


def page(project: Path) -> str:
    return (project / "public/b/index.html").read_text(encoding="utf-8")


def test_nothing_of_a_strangers_configuration_runs(project: Path, tmp_path: Path, home: Mapping[str, str]) -> None:
    done = run(home, "build", ".", cwd=project)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "mark").exists() and not (tmp_path / "mark2").exists()
    assert "FROM THE TEMPLATE" not in page(project) and "from the hook" not in page(project)
    assert "onclick" not in page(project)
    assert "<title>B · P &amp; &lt;b&gt;Q&lt;/b&gt;</title>" in page(project)
    said = [line for line in done.stderr.splitlines() if "not trusted" in line]
    assert len(said) == 1
    for name in ("html", "hooks", "theme.custom_dir", "plugins.tags"):
        assert name in said[0]
    assert said[0].endswith(f"vaultc trust {project}")


def test_trust_is_given_once_and_asked_for_again_when_a_hook_changes(
    project: Path, tmp_path: Path, home: Mapping[str, str]
) -> None:
    before = tree(project)
    given = run(home, "trust", project, cwd=tmp_path)
    assert given.returncode == 0, given.stderr
    assert "hooks: ['tools/hook.py']" in given.stdout and "html: trusted" in given.stdout
    assert tree(project) == before  # nothing of it lies in the project
    (project / "mkdocs.yml").write_text(  # what could not be read is not run either
        "".join(line for line in MKDOCS.splitlines(True) if "slugify" not in line), encoding="utf-8"
    )
    assert run(home, "trust", project, cwd=tmp_path).returncode == 0
    done = run(home, "build", ".", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "not trusted" not in done.stderr
    assert (tmp_path / "mark").exists()
    assert "FROM THE TEMPLATE" in page(project) and "from the hook" in page(project) and "onclick" in page(project)
    for name, text in {"tools/hook.py": "import helper\n", "tools/helper.py": RUNS, "theme/x.html": "x"}.items():
        old = (project / name).read_text(encoding="utf-8") if (project / name).exists() else None
        (project / name).write_text(text, encoding="utf-8")
        (tmp_path / "mark").unlink(missing_ok=True)
        done = run(home, "build", ".", cwd=project)
        assert "not trusted, so not heeded" in done.stderr, name
        assert not (tmp_path / "mark").exists()
        assert "FROM THE TEMPLATE" not in page(project)
        assert "from the hook" not in page(project)
        (project / name).unlink()
        if old is not None:
            (project / name).write_text(old, encoding="utf-8")
    assert "not trusted" not in run(home, "build", ".", cwd=project).stderr
    moved = project.rename(tmp_path / "elsewhere")
    assert "not trusted" in run(home, "build", ".", cwd=moved).stderr
    moved.rename(project)
    assert run(home, "trust", "--forget", cwd=project).stdout == f"{project}: trusted no more\n"
    assert "not trusted" in run(home, "build", ".", cwd=project).stderr


def test_trust_for_one_build(project: Path, tmp_path: Path, home: Mapping[str, str]) -> None:
    text = "".join(line for line in MKDOCS.splitlines(True) if "slugify" not in line)
    (project / "mkdocs.yml").write_text(text, encoding="utf-8")
    done = run(home, "build", ".", "--trust", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "FROM THE TEMPLATE" in page(project) and "from the hook" in page(project)
    (tmp_path / "mark").unlink()
    assert "not trusted" in run(home, "build", ".", cwd=project).stderr
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("command", [("check",), ("build",), ("stats",), ("graph", "--format", "text")])
def test_a_vault_outside_the_project_needs_trust(
    command: tuple[str, ...], tmp_path: Path, home: Mapping[str, str]
) -> None:
    write(tmp_path, {"other/secret.md": "# Secret\n", "project/vaultc.toml": 'vault = "../other"\n'})
    project = tmp_path / "project"
    done = run(home, *command, project, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "lies outside the project" in done.stderr and f"vaultc trust {project}" in done.stderr
    assert "other" in run(home, "trust", project, cwd=tmp_path).stdout
    assert run(home, *command, project, cwd=tmp_path).returncode == 0
    (project / "vaultc.toml").write_text('vault = "../home"\n', encoding="utf-8")
    assert run(home, *command, project, cwd=tmp_path).returncode == 2


def test_a_symlink_is_outside_too(tmp_path: Path, home: Mapping[str, str]) -> None:
    write(tmp_path, {"other/secret.md": "# Secret\n", "project/vaultc.toml": 'vault = "notes"\n'})
    (tmp_path / "project/notes").symlink_to(tmp_path / "other")
    assert run(home, "check", "project", cwd=tmp_path).returncode == 2


def test_data_needs_no_trust_and_is_what_mkdocs_reads(tmp_path: Path, home: Mapping[str, str]) -> None:
    data = """site_name: Plain
site_url: https://example.org/x/
docs_dir: notes
site_dir: public
copyright: C
theme: {name: material, language: en, features: [navigation.footer], palette: {scheme: slate, primary: teal}}
plugins: [search, vaultc]
extra: {generator: false}
exclude_docs: "drafts/"
"""
    notes = {"notes/a.md": "# A\n\n[[b]]\n", "notes/drafts/b.md": "# B\n", "vaultc.toml": 'vault = "notes"\n'}
    project = write(tmp_path / "project", {**notes, "mkdocs.yml": data})
    ours = run(home, "build", ".", cwd=project)
    assert ours.returncode == 0 and "not trusted" not in ours.stderr
    assert "drafts/b/index.html" not in tree(project / "public")
    theirs = run(home, "build", "--site-dir", tmp_path / "theirs", cwd=project, program="mkdocs")
    assert theirs.returncode == 0, theirs.stderr
    assert tree(project / "public") == tree(tmp_path / "theirs")
    assert "drafts" not in (project / "public/assets/vaultc/search/notes.js").read_text(encoding="utf-8")
    for name in ("a/index.html", "index.html", "assets/vaultc/search/notes.js", "sitemap.xml"):
        assert (project / "public" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes(), name


@pytest.mark.parametrize(
    "line",
    [
        'site_url = "javascript://x/%0acanary()"',
        'site_url = "x y"',
        'language = "../../x"',
        "language = 'x\"><script>'",
        'language = "zz"',
    ],
)
def test_settings_of_ours_are_no_markup(line: str, tmp_path: Path, home: Mapping[str, str]) -> None:
    project = write(tmp_path / "project", {"a.md": "# A\n", "vaultc.toml": line + "\n"})
    done = run(home, "build", ".", "--site-dir", tmp_path / "site", cwd=project)
    assert done.returncode == 2
    assert (len(done.stderr.splitlines()) == 1 and "language" in done.stderr) or "site_url" in done.stderr


def test_who_trusts_a_project_lets_it_widen_the_policy(tmp_path: Path, home: Mapping[str, str]) -> None:
    project = tmp_path / "project"

    def asked(value: str) -> subprocess.CompletedProcess[str]:
        text = f"[content_security_policy]\nscript-src = {value}\n"
        write(project, {"a.md": "# A\n", "vaultc.toml": text})
        return run(home, "build", project, "--site-dir", tmp_path / "site", cwd=tmp_path)

    wider = """\"'self' https://example.org\""""
    done = asked(wider)
    assert done.returncode == 0 and "not heeded: content_security_policy" in done.stderr
    assert "example.org" not in (tmp_path / "site/a/index.html").read_text(encoding="utf-8")
    assert run(home, "trust", project, cwd=tmp_path).returncode == 0
    assert "not heeded" not in asked(wider).stderr
    page = (tmp_path / "site/a/index.html").read_text(encoding="utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert policy and policy[1].endswith("; script-src 'self' https://example.org")
    assert "not heeded" in asked("\"'unsafe-inline'\"").stderr
    for value in ('"x; y"', "'\"><script>'", '"a\\nb"', "1"):
        refused = asked(value)
        assert refused.returncode == 2 and len(refused.stderr.splitlines()) == 1, value


HOSTILE = {
    "site_url: 'javascript:x'": "site_url",
    "repo_url: 'javascript:x'": "repo_url",
    "edit_uri: ' data:text/html,x'": "edit_uri",
    "site_name: !ENV [SECRET, x]": "site_name",
    "site_dir: ../../x": "site_dir",
    "site_dir: /x": "site_dir",
    "INHERIT: ../base.yml": "INHERIT",
    "nav: [{x: 'javascript:x'}]": "nav",
    "theme: {name: material, language: ../../x}": "theme.language",
    "theme: {name: material, icon: {logo: ../../x}}": "theme.icon.logo",
    "theme: {name: material, icon: {logo: material/nope}}": "theme.icon.logo",
    "theme: {name: material, palette: {toggle: {icon: ../../x, name: x}}}": "theme.palette.toggle.icon",
    "theme: {name: material, palette: [{toggle: {icon: material/nope}}]}": "theme.palette.toggle.icon",
    "theme: {name: material, palette: {scheme: '\"><script>'}}": "theme.palette.scheme",
    "theme: {name: material, features: ['\"><script>']}": "theme.features",
    "theme: {name: material, logo: ../x}": "theme.logo",
    "theme: {name: someone}": "theme.name",
    "extra: {social: [{link: 'javascript:x'}]}": "extra.social",
    "extra_javascript: [x.js]": "extra_javascript",
    "markdown_extensions: [someone.else]": "markdown_extensions.someone.else",
    "plugins: [{search: {separator: '(a+)+$'}}]": "plugins.search.separator",
}  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE)
def test_what_is_no_data_waits_for_trust(line: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(line, encoding="utf-8")
    read = settings.read(tmp_path / "mkdocs.yml")
    assert HOSTILE[line] in read.refused
    assert "javascript" not in str(read.fields) and "<script" not in str(read.fields)


def test_icons_that_are_not_there_leave_a_site(tmp_path: Path, home: Mapping[str, str]) -> None:
    """As reported: a switch of colours without an icon is a template that is missing, and ended the build."""
    switches = "[{scheme: default, toggle: {icon: ../x, name: one}}, {scheme: slate, toggle: {name: two}}]"
    theme = f"theme: {{name: material, icon: {{logo: material/nope, repo: material/git}}, palette: {switches}}}\n"
    files = {"notes/a.md": "# A\n", "vaultc.toml": 'vault = "notes"\n', "mkdocs.yml": f"plugins: [vaultc]\n{theme}"}
    project = write(tmp_path / "project", files)
    done = run(home, "build", ".", "--site-dir", tmp_path / "site", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "not heeded: theme.icon.logo, theme.palette.toggle.icon" in done.stderr
    assert 'title="one"' in (tmp_path / "site/a/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "a: [\n",
        "x: " + "[" * 3000,
        "a: &a [1]\n" + "b: *a\n" * 40,
        "exclude_docs: 'a*a*a*a*a*a*a*b'",
        "nav: &a [*a]",
    ],
)
def test_what_cannot_be_read_is_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")
    with pytest.raises(VaultcError) as fault:
        settings.read(tmp_path / "mkdocs.yml")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "text", ["hooks: {1: a, b: c}", "? [a, b]\n: c", "1: 2", "theme: null\nplugins: null", "hooks: &a [*a]"]
)
def test_odd_yaml_is_no_fault(text: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")
    try:
        assert settings.read(tmp_path / "mkdocs.yml").refused
    except VaultcError as fault:
        assert "\n" not in str(fault)


@pytest.mark.parametrize(
    "line",
    [
        "hooks: [/proc/kmsg]",
        "INHERIT: /proc/kmsg",
        "theme: {name: material, custom_dir: /proc/sys/kernel}",
        'hooks: ["a\\0b.py", "\\0/x.py"]',
        'INHERIT: "\\0/b"',
        'theme: {name: material, custom_dir: "\\0"}',
    ],
)
def test_for_a_project_that_nobody_trusts_no_further_file_is_read(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel's log is waited for, some names no file can have, and none of it is a stranger's business."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    write(tmp_path / "p", {"notes/a.md": "", "vaultc.toml": 'vault = "notes"\n', "mkdocs.yml": line})
    project = locate(tmp_path / "p")
    found = settings.read(tmp_path / "p/mkdocs.yml")
    with suppress(VaultcError):  # where its user asks what it needs, a name that no file has is one line
        assert found.needs().keys() == found.refused.keys()
    monkeypatch.setattr(settings, "_files", lambda *arguments: pytest.fail("read"))
    assert settings.ignored(project) == tuple(found.refused)
    assert not settings.granted(project, found)


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason=f"{NOT_HERE}: Linux' /proc")
@pytest.mark.parametrize("name", ["mkdocs.yml", "vaultc.toml", ".gitignore"])
def test_a_configuration_that_is_no_file_is_not_waited_for(name: str, tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "# A\n", "vaultc.toml": ""})
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to("/proc/kmsg")
    with pytest.raises(VaultcError, match=name):
        settings.ignored(Session.open(tmp_path).vault.project)


def test_new_projects_and_this_one_need_no_trust(tmp_path: Path, home: Mapping[str, str]) -> None:
    assert run(home, "init", tmp_path / "new", cwd=tmp_path).returncode == 0
    for folder in (tmp_path / "new", Path(__file__).parents[2]):
        assert not settings.read(folder / "mkdocs.yml").refused
