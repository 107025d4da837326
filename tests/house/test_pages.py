"""Pages that scripts write are what the scripts would write now."""

import runpy
from pathlib import Path
from typing import Any, get_args

import pytest

from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
from protocyte.protocol.method import DoseMethod, SampleMethod


def script(root: Path, name: str) -> dict[str, Any]:
    return runpy.run_path(str(root / "docs/_generate" / f"{name}.py"))


@pytest.mark.parametrize(
    ("name", "page"),
    [("commands", "commands.md"), ("tables", "record.md"), ("contract", "contract.md")],
)
def test_page_is_up_to_date(name: str, page: str, root: Path) -> None:
    assert (root / "docs/reference" / page).read_text() == script(root, name)["page"]()


def test_key_pages_are_up_to_date(root: Path) -> None:
    for page, text in script(root, "keys")["pages"]().items():
        assert (root / "docs/reference" / page).read_text() == text


def test_page_of_the_allogeneic_model_says_what_the_code_does(root: Path) -> None:
    text = (root / "docs/explanation/allogeneic.md").read_text()
    assert script(root, "allogeneic")["render_page"](text) == text


def test_tutorial_uses_the_example_protocol(root: Path) -> None:
    folder = root / "docs/tutorials/example"
    assert (folder / "protocol.yaml").read_text() == EXAMPLE
    assert (folder / "scenarios.yaml").read_text() == REHEARSAL


def test_every_page_is_reachable(root: Path) -> None:
    docs = root / "docs"
    listed = (docs / "index.md").read_text()
    for page in docs.rglob("*.md"):
        name = str(page.relative_to(docs).with_suffix(""))
        if name != "index" and not name.startswith("explanation/decisions/"):
            assert f"\n{name}\n" in listed, f"{name} is in no table of contents"


def test_every_method_has_a_row_among_the_designs(root: Path) -> None:
    """Whatever a protocol can name is explained: what it decides from, and whose it is."""
    page = (root / "docs" / "reference" / "designs.md").read_text(encoding="utf-8")
    for union in (DoseMethod, SampleMethod):
        for member in get_args(get_args(union)[0]):
            use = get_args(member)[0]
            assert f"`{use.model_fields['settings'].alias}`" in page
