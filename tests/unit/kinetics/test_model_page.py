"""The page of the models tells what the code computes with."""

import runpy
from pathlib import Path


def test_the_tables_of_the_page_are_those_of_the_code(root: Path) -> None:
    page = (root / "docs/reference/models.md").read_text("utf-8")
    script = runpy.run_path(str(root / "docs/_generate/models.py"))
    assert script["render_page"](page) == page, "run python docs/_generate/models.py"


def test_the_page_shows_a_figure_of_each_model(root: Path) -> None:
    page = (root / "docs/reference/models.md").read_text("utf-8")
    names = (
        "stein_2019",
        "ogasawara_2021",
        "kimmel_2021",
        "kimmel_2021_extinction",
        "leon_triana_2021",
        "hanson_2016",
    )
    for name in names:
        assert f"../_static/{name}.svg" in page
        assert (root / f"docs/_static/{name}.svg").is_file()
