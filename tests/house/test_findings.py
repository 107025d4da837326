"""Every finding that the project can make is documented, and its examples make it."""

import functools
import re
import runpy
from pathlib import Path

import pytest

from protocyte.protocol.checks import CHECKS, MISTAKES, check_protocol
from protocyte.protocol.checks.example import EXAMPLE, amend_chapter, amend_example
from protocyte.protocol.finding import Finding
from protocyte.protocol.form import FORMS, Form
from protocyte.protocol.mistake import Mistake
from protocyte.protocol.parse import parse_protocol

# Codes that were given once and are not any more; they stay away for good.
WITHDRAWN = {"POP008"}


@functools.cache
def findings_of(code: str, *, wrong: bool) -> tuple[Finding, ...]:
    mistake = next(known for known in MISTAKES if known.code == code)
    lay = amend_chapter if isinstance(mistake, Form) else amend_example
    return check_protocol(parse_protocol(lay(mistake.wrong if wrong else mistake.right)))


def every(mistakes: tuple[Mistake, ...] = MISTAKES) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mistake", mistakes, ids=[m.code for m in mistakes])


def test_codes_are_well_formed_and_given_once() -> None:
    codes = [mistake.code for mistake in MISTAKES]
    assert all(re.fullmatch(r"[A-Z]{3}\d{3}", code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert not WITHDRAWN & set(codes)


def test_no_number_is_skipped_without_being_withdrawn() -> None:
    numbers: dict[str, set[int]] = {}
    for code in {mistake.code for mistake in MISTAKES} | WITHDRAWN:
        numbers.setdefault(code[:3], set()).add(int(code[3:]))
    assert all(found == set(range(1, len(found) + 1)) for found in numbers.values())


def test_checks_stand_by_chapter_and_number() -> None:
    chapters = [check.code[:3] for check in CHECKS]
    assert chapters == sorted(chapters, key=chapters.index)
    for chapter in dict.fromkeys(chapters):
        codes = [check.code for check in CHECKS if check.code.startswith(chapter)]
        assert codes == sorted(codes)


def test_every_check_module_is_listed(root: Path) -> None:
    folder = root / "src/protocyte/protocol/checks"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "check", "example"}
    listed = re.findall(r"^    (\w+)\.CHECK,$", (folder / "__init__.py").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(modules)
    assert len(CHECKS) == len(modules)


def test_every_module_names_its_code_first(root: Path) -> None:
    for check in CHECKS:
        path = root / "src/protocyte/protocol/checks" / f"{check.find.__module__.split('.')[-1]}.py"
        assert path.read_text().startswith(f'"""{check.code}: ')


def test_every_code_of_form_is_documented(root: Path) -> None:
    folder = root / "src/protocyte/protocol"
    used = {
        code
        for name in ("source.py", "parse.py")
        for code in re.findall(r"SYN\d{3}", (folder / name).read_text())
    }
    assert used == {form.code for form in FORMS}


def test_the_example_is_sound() -> None:
    assert check_protocol(parse_protocol(EXAMPLE)) == ()
    assert check_protocol(parse_protocol(amend_example("{}"))) == ()


@every()
def test_wrong_example_is_found(mistake: Mistake) -> None:
    found = [f for f in findings_of(mistake.code, wrong=True) if f.code == mistake.code]
    assert found
    for finding in found:
        assert finding.severity == mistake.severity
        assert finding.line > 0
        assert finding.column > 0
        assert finding.message.endswith(".")
        assert finding.remedy.endswith(".")


@every()
def test_wrong_example_makes_no_other_mistake(mistake: Mistake) -> None:
    assert {f.code for f in findings_of(mistake.code, wrong=True)} == {mistake.code}


@every()
def test_right_example_is_sound(mistake: Mistake) -> None:
    assert findings_of(mistake.code, wrong=False) == ()


@every()
def test_texts_are_sentences(mistake: Mistake) -> None:
    assert mistake.why[0].isupper()
    assert mistake.why.endswith(".")
    assert "  " not in mistake.why
    assert mistake.title[0].isupper()
    assert not mistake.title.endswith(".")


def test_the_page_is_what_the_generator_gives(root: Path) -> None:
    made = runpy.run_path(str(root / "docs/_generate/findings.py"))["render"]()
    page = (root / "docs/reference/findings.md").read_text(encoding="utf-8")
    assert page == made, "run `python docs/_generate/findings.py`"
    for mistake in MISTAKES:
        assert f"### {mistake.code}: {mistake.title}" in page


def test_shipped_protocols_have_no_errors(root: Path) -> None:
    for path in sorted((root / "protocols").glob("*/protocol.yaml")):
        findings = check_protocol(parse_protocol(path.read_text(), file=path.parent.name))
        assert [str(f) for f in findings if f.severity == "error"] == []
