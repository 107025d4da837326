"""EffTox fits against trialr 0.1.6 (Stan), to the tolerances that its draws allow."""

import json
from pathlib import Path

import numpy as np
import pytest

from protocyte.design import Outcomes
from protocyte.design.model_based.efftox import EffTox
from protocyte.design.model_based.efftox_fit import EffToxPrior
from protocyte.design.model_based.tradeoff import TradeOff

pytestmark = pytest.mark.shared

PRIOR = EffToxPrior(
    (-7.9593, 3.5487), (1.5482, 3.5018), (0.7367, 2.5423), (3.4181, 2.4406), (0.0, 0.2), (0.0, 1.0)
)


def test_fits(shared: Path) -> None:
    cases = json.loads((shared / "dosefinding/models/efftox_fits.json").read_text())
    assert len(cases) == 6
    for case in cases:
        design = EffTox(
            tuple(case["doses"]),
            PRIOR,
            TradeOff(0.5, (0.7, 0.25), 0.65),
            toxicity_limit=0.3,
            efficacy_floor=0.5,
        )
        # R's uniroot stops 5e-6 away: with its power the sum of the contour is 1 + 4e-6.
        assert design.trade_off.power == pytest.approx(case["p"], abs=1e-5)
        outcomes = Outcomes.from_notation(case["outcomes"], n_doses=5)
        states = outcomes.states(design.features)
        found = design.fit(states)
        assert found.tox[0] == pytest.approx(case["prob_tox"], abs=0.004)
        assert found.eff[0] == pytest.approx(case["prob_eff"], abs=0.004)
        assert found.tolerable[0] == pytest.approx(case["prob_acc_tox"], abs=0.006)
        assert found.effective[0] == pytest.approx(case["prob_acc_eff"], abs=0.006)
        utility = design.trade_off.utility(np.array(case["prob_eff"]), np.array(case["prob_tox"]))
        assert utility == pytest.approx(case["utility"], abs=1e-5)
        told = [verdict.endswith(": acceptable") for verdict in design.explain_selection(outcomes)]
        assert told == case["acceptable"]
        assert design.decide(outcomes).dose == case["recommended"]
