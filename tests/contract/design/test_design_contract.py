"""Every design keeps the same laws; a cell that cannot is marked, and its counter-example found."""

from typing import Any, get_args

import pytest
from tests.contract.design.designs import CASES
from tests.contract.design.law import LAWS
from tests.contract.design.marks import MARKS
from tests.contract.design.matrix import CELLS, Cell
from tests.contract.design.words import WORDS

from protocyte.design import BOIN12, Outcomes
from protocyte.protocol.method import DoseMethod, SampleMethod
from protocyte.protocol.methods.rule import DoseRule


@pytest.mark.parametrize("cell", [pytest.param(cell, id=cell.id) for cell in CELLS])
def test_law(cell: Cell) -> None:
    if cell.mark is None:
        cell.law.check(cell.case)
        return
    with pytest.raises(AssertionError):
        cell.law.check(cell.case)


def test_every_mark_is_of_a_cell() -> None:
    asked = {(cell.law.name, cell.case.name, cell.case.doses) for cell in CELLS}
    known = {(case.name, case.doses) for case in CASES}
    for mark in MARKS:
        assert mark.reason
        for name in mark.designs:
            marked = [(mark.law, name, n) for n in mark.doses if (name, n) in known]
            assert marked, f"{mark.law}: no design is named {name}"
            assert set(marked) <= asked, f"{mark.law} asks nothing of {name}"


def test_every_law_is_kept_by_some_design() -> None:
    assert {cell.law.name for cell in CELLS if cell.mark is None} == set(LAWS)


def _tags(union: Any) -> set[str]:
    """Every name that a choice of the protocol language takes."""
    return {member.__metadata__[0].tag for member in get_args(get_args(union)[0])}


def test_every_word_of_a_protocol_is_under_contract() -> None:
    assert set(WORDS) <= {case.name for case in CASES}
    dosing = [words["dosing"] for words in WORDS.values() if "dosing" in words]
    assert {key for one in dosing for key in one["method"]} == _tags(DoseMethod)
    assert {key for one in dosing for rule in one.get("rules", ()) for key in rule} == _tags(
        DoseRule
    )
    samples = [words["statistics"]["sample"] for words in WORDS.values() if "statistics" in words]
    assert {key for one in samples for key in one} == _tags(SampleMethod)


def test_a_dlt_in_place_of_a_response_can_be_bolder_in_boin12() -> None:
    """It makes this dose less desirable, and an untried one may be better."""
    design = BOIN12(3)
    calm = Outcomes.from_counts([3, 0, 0], [0, 0, 0], eff=[2, 0, 0], dose=1)
    worse = Outcomes.from_counts([3, 0, 0], [1, 0, 0], eff=[1, 0, 0], dose=1)
    assert design.decide(calm).dose == 1
    assert design.decide(worse).dose == 2
