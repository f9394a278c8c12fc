"""What the notes of this project promise each other, as the style guide has it."""

from __future__ import annotations

import re
from pathlib import Path

import networkx
import pytest
import yaml

from vaultc.graph import Vault
from vaultc.model import Note
from vaultc.session import Session

ROOT = Path(__file__).parents[2] / "vault"
HUB = "Long sequences.md"
# Names under which the hub's topics are known elsewhere; each must lead to a note here.
KNOWN_AS = (
    "Разреженное внимание",
    "Линейное внимание",
    "Подходы к обработке длинных последовательностей в трансформерах",
    "hierarchical_reasoning_model_hrm",
    "linear_attention",
    "llm_long_term_memory",
    "llm_memory_overview",
    "mamba_architecture",
    "memwalker_method",
    "retrieval_augmented_generation",
    "sparse_attention",
    "specialized_attention_mechanisms",
    "star_attention_mechanism",
    "transformer_architecture",
)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session.open(ROOT)


@pytest.fixture(scope="module")
def vault(session: Session) -> Vault:
    return session.vault


def topics(vault: Vault) -> list[Note]:
    """The notes that are about the subject, not about the rules of this program."""
    return [note for path, note in vault.notes.items() if not path.startswith("rules/VC")]


def neighbours(vault: Vault) -> networkx.DiGraph[object]:
    """The notes, with an edge where one links to another."""
    graph: networkx.DiGraph[object] = networkx.DiGraph()
    graph.add_nodes_from(vault.notes)
    graph.add_edges_from(
        (e.source, e.target) for e in vault.graph.edges if e.target in vault.notes and e.source != e.target
    )
    return graph


def test_the_checker_has_nothing_to_say(session: Session) -> None:
    # Whether a result is current is the business of whoever has the machine, not of this test.
    assert [d for d in session.diagnostics if not d.code.startswith("VC4")] == []


def test_each_note_links_to_three_others(vault: Vault) -> None:
    graph = neighbours(vault)
    assert [path for path in vault.notes if graph.out_degree(path) < 3] == []


def test_each_note_is_reached_from_the_hub(vault: Vault) -> None:
    assert set(vault.notes) - {HUB} - networkx.descendants(neighbours(vault), HUB) == set()


@pytest.mark.parametrize("name", KNOWN_AS)
def test_known_names_lead_to_a_note(vault: Vault, name: str) -> None:
    assert len(vault.index.aliases[name.casefold()]) == 1


def test_front_matter(vault: Vault) -> None:
    for path, note in vault.notes.items():
        assert note.title == (note.stem if note.stem != "index" else note.title), path
        assert re.fullmatch(r"[^\n]+\.", note.metadata["summary"]), path
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(note.metadata["created"])), path
        assert note.tags, path
    for note in topics(vault):
        assert re.search("[А-Яа-яЁё]", note.aliases[0]), f"{note.path}: the Russian name comes first"


PAPER = re.compile(r"\[([^\]]+)\]\(https://arxiv\.org/abs/([\d.]+)\)")
BIBLIOGRAPHY = "sources/Bibliography.md"


def test_papers_are_cited_with_their_year(vault: Vault) -> None:
    for path in vault.notes.keys() - {BIBLIOGRAPHY}:
        for label, _ in PAPER.findall((ROOT / path).read_text("utf-8")):
            assert re.search(r"\b(19|20)\d\d$", " ".join(label.split())), f"{path}: [{label}]"


def test_the_bibliography_has_each_paper_once_with_its_year_and_how_far_it_was_checked(vault: Vault) -> None:
    entries = [line for line in (ROOT / BIBLIOGRAPHY).read_text("utf-8").splitlines() if PAPER.search(line)]
    ids = [id for line in entries for _, id in PAPER.findall(line)]
    assert len(ids) == len(set(ids))
    for line in entries:
        assert re.match(r"- \*\*[^*]+ (19|20)\d\d\*\*", line), line
        assert re.search(r"\*(read|secondary|unchecked)\*", line), line
        assert re.search(r" \^[a-z0-9-]+$", line), line
    cited = {id for path in vault.notes for _, id in PAPER.findall((ROOT / path).read_text("utf-8"))}
    assert cited == set(ids)


def test_recipes_use_what_the_action_and_the_hook_offer() -> None:
    page = (ROOT / "guide" / "Checking links in CI.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.S)]
    [job] = [block["jobs"]["check"] for block in blocks if "jobs" in block]
    [step] = [step for step in job["steps"] if "vaultc" in step["uses"]]
    assert set(step["with"]) <= set(yaml.safe_load((ROOT.parent / "action.yml").read_text("utf-8"))["inputs"])
    [repository] = [block["repos"][0] for block in blocks if "repos" in block]
    hooks = yaml.safe_load((ROOT.parent / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {hook["id"] for hook in repository["hooks"]} == {hook["id"] for hook in hooks}
