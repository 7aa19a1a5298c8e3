"""The documentation as readers use it: links lead somewhere, messages are those that the code prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("dags/*.md"), ROOT / "ml/README.md"])
SOURCES = "".join(
    path.read_text("utf-8")
    for folder in ("plugins", "ml", "scripts")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".js", ".html")
)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_there_are_pages():
    assert {ROOT / "README.md", ROOT / "docs/index.md", ROOT / "CONTRIBUTING.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page):
    links = [link.partition("#")[0] for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_every_guide_is_reached_from_the_index(page):
    index = (ROOT / "docs/index.md").read_text("utf-8")
    assert page.name == "index.md" or f"({page.name})" in index


def test_every_decision_is_listed_and_says_what_was_not_taken():
    decisions = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    index = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    assert decisions
    for number, decision in enumerate(decisions, 1):
        text = decision.read_text("utf-8")
        assert decision.name.startswith(f"{number:04d}-") and f"({decision.name})" in index
        assert text.startswith(f"# {number}. ") and re.search(r"^\d{4}-\d\d-\d\d$", text, re.M)
        assert all(f"**{part}.** " in text for part in ("Context", "Decision", "Not taken"))


def test_a_default_in_the_table_of_settings_names_each_choice_once():
    rows = [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if line.startswith("| `SQUATWATCH_")]
    assert rows
    for row in rows:
        choices = re.split(r",? else ", row.split(" | ")[1])
        assert len(choices) == len(set(choices)), row


def messages() -> list[str]:
    """Return what stands in backticks in the first column of the tables of messages."""
    page = (ROOT / "docs/troubleshooting.md").read_text("utf-8").partition("## Airflow and the page")[0]
    cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    return [message for cell in cells for message in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("message", messages())
def test_a_message_that_is_explained_is_one_that_is_printed(message):
    """An f-string may be split over lines, so white space and quotes between its parts do not count."""
    assert _plain(message) in _plain(SOURCES)


def _plain(text: str) -> str:
    return re.sub(r"\"\s+f?\"", "", text).replace("{date}", "").replace("\n", " ")


def test_the_product_stands_alone():
    """No folder beside the tree is a default; only the script of the continuous integration looks for one."""
    beside = [page.name for page in PAGES if "../shared" in page.read_text("utf-8")]
    assert beside == []
