"""Laws of the limits: nobody has a DLT, everybody has one."""

from functools import cache

import pytest
from tests.contract.design.designs import Case
from tests.contract.design.law import law

from protocyte.design import Characteristics, Design, Scenario, find_characteristics


@cache
def _certain(design: Design, tox: float, eff: float) -> Characteristics:
    """What a design does where everybody's outcome is certain."""
    doses = design.n_doses
    return find_characteristics(design, [Scenario((tox,) * doses, (eff,) * doses)])


@law("nobody has a DLT", asks=lambda case: case.design.features == ("n", "tox"))
def climbs_where_nobody_has_a_dlt(case: Case) -> None:
    """Where nobody has a DLT, a design that looks at toxicity alone selects the highest dose."""
    found = _certain(case.design, 0.0, 0.5)
    assert found.selection[0, -1] == pytest.approx(1, abs=1e-12)
    assert found.none[0] == pytest.approx(0, abs=1e-12)


@law("everybody responds", asks=lambda case: "eff" in case.design.features)
def selects_where_all_is_well(case: Case) -> None:
    """Where everybody responds and nobody has a DLT, a design of responses selects a dose."""
    assert _certain(case.design, 0.0, 1.0).none[0] == pytest.approx(0, abs=1e-12)


@law("everybody has a DLT", asks=lambda case: "tox" in case.design.features)
def selects_nothing_where_everybody_has_a_dlt(case: Case) -> None:
    """Where everybody has a DLT and nobody responds, no dose is selected."""
    assert _certain(case.design, 1.0, 0.0).none[0] == pytest.approx(1, abs=1e-12)


@law("never up after DLTs", asks=lambda case: "tox" in case.design.features)
def never_climbs_where_everybody_has_a_dlt(case: Case) -> None:
    """Where everybody has a DLT, nobody is treated above the first dose, and some are spared."""
    found, design = _certain(case.design, 1.0, 0.0), case.design
    above = found.participants[0, design.start().dose + 1 :]
    assert above == pytest.approx(0, abs=1e-12)
    assert design.n_doses == 1 or found.total[0] < design.planned


@law("nobody responds", asks=lambda case: "eff" in case.design.features)
def selects_nothing_where_nobody_responds(case: Case) -> None:
    """Where nobody responds and nobody has a DLT, a design that sees responses selects no dose."""
    assert _certain(case.design, 0.0, 0.0).none[0] == pytest.approx(1, abs=1e-12)
