"""Laws of relabelling: what has no meaning changes nothing."""

import numpy as np
import pytest
from tests.contract.design.designs import Case
from tests.contract.design.law import law

from protocyte.design import CombinationBOIN, Outcomes, Scenario, find_characteristics


@law("order in a cohort")
def order_in_a_cohort_means_nothing(case: Case) -> None:
    """Participants of one cohort may be written in any order: decision and selection are equal."""
    design, rng = case.design, np.random.default_rng(7)
    for _ in range(4):
        outcomes, text, turned = Outcomes.none(design.n_doses), "", ""
        while (decision := design.decide(outcomes)).dose is not None:
            letters = "".join(rng.choice(list("NNTEB"), size=decision.size))
            text += f" {decision.dose}{letters}"
            turned += f" {decision.dose}{letters[::-1]}"
            outcomes = Outcomes.from_notation(text, n_doses=design.n_doses)
            other = Outcomes.from_notation(turned, n_doses=design.n_doses)
            assert design.decide(outcomes) == design.decide(other)
            assert design.select(outcomes) == design.select(other)


def _has_doses(case: Case) -> bool:
    return case.design.n_doses == case.doses == 3


@law("a dose out of reach", asks=_has_doses)
def a_dose_out_of_reach_means_nothing(case: Case) -> None:
    """With a third dose above a second at which everybody has a DLT, nothing changes."""
    tox, eff = (0.15, 1.0, 1.0), (0.4, 0.5, 0.6)
    two = find_characteristics(case.make(2), [Scenario(tox[:2], eff[:2])])
    three = find_characteristics(case.make(3), [Scenario(tox, eff)])
    assert three.selection[0] == pytest.approx([*two.selection[0], 0], abs=1e-12)
    assert three.participants[0] == pytest.approx([*two.participants[0], 0], abs=1e-9)
    assert three.total_distribution[0] @ np.arange(
        three.total_distribution.shape[1]
    ) == pytest.approx(two.total[0], abs=1e-9)


@law(
    "factors turned",
    asks=lambda case: isinstance(case.design, CombinationBOIN) and case.doses == 3,
)
def factors_may_be_turned(case: Case) -> None:
    """Of two factors either may be called the first: turned truths give turned characteristics."""
    tox, turned = (0.1, 0.25, 0.35, 0.5), [0, 2, 1, 3]
    found = find_characteristics(
        case.design, [Scenario(tox), Scenario(tuple(tox[j] for j in turned))]
    )
    assert found.selection[1] == pytest.approx(found.selection[0][turned], abs=1e-12)
    assert found.participants[1] == pytest.approx(found.participants[0][turned], abs=1e-10)
