"""Every module of standards cites a document and its version."""

import ast
import re
from pathlib import Path

import pytest

import protocyte.standards

HOME = Path(protocyte.standards.__file__).parent
MODULES = sorted(path for path in HOME.rglob("*.py") if path.name != "__init__.py")
# A version, an edition or a year, beside the document's name.
VERSION = re.compile(r"\b(?:version|versions|v)\s?\d+(?:\.\d+)*|\b(?:19|20)\d{2}\b")


def citation(path: Path) -> str:
    """The paragraph of a module's docstring that cites, from "Standard:" on."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    found = re.search(r"^Standards?: (.+?)(?:\n\n|\Z)", docstring, re.DOTALL | re.MULTILINE)
    return " ".join(found[1].split()) if found else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_cites_document_and_version(path: Path) -> None:
    cited = citation(path)
    assert cited, f'{path.name}: begin a line of its docstring with "Standard: " and the document'
    assert VERSION.search(cited), f"{path.name}: give the document's version or year"


def test_there_are_modules_to_look_at() -> None:
    assert {"astct_2019", "sledai", "studyday"} <= {path.stem for path in MODULES}
