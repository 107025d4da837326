"""TITE-BOIN with effective sample sizes against TITEgBOIN 0.4.0, decision by decision."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protocyte.design.decision import Reason
from protocyte.design.late_onset.interval_rule import (
    STOP,
    WAIT,
    decide_late_interval,
    find_late_move,
)
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.toxicity.boin import BOIN

WINDOW = 28.0
DESIGN = TITEBOIN(
    BOIN(target=0.3, n_doses=5, cohorts=40),
    window=WINDOW,
    suspension=Suspension(0.5, None, None, lowest_waits=True),
    method="effective sample size",
)
RULE = DESIGN.rule


def decided(case: dict[str, Any]) -> tuple[int, Reason]:
    here = case["current"] - 1
    n, tox = np.array(case["n"]), np.array(case["y"])
    pending = case["pending"][here]
    share = case["pending_followup_sum"][here] / WINDOW
    move = find_late_move(int(n[here]), int(tox[here]), pending, share, *RULE[:3])
    dose, reason = decide_late_interval(
        n, tox, here, move, pending, 1.0, 0, RULE.limits, RULE.settings
    )
    return dose, Reason(reason)


@pytest.mark.shared
def test_every_next_dose(shared: Path) -> None:
    cases = json.loads((shared / "dosefinding/models/tite_boin_next_dose.json").read_text())
    assert len(cases) == 200
    for case in cases:
        dose, reason = decided(case)
        if case["stop_lowest_too_toxic"]:
            assert (dose, reason) == (STOP, Reason.TOXIC), case
        elif case["current_eliminated"]:
            assert (dose + 1, reason) == (case["next"], Reason.CLOSED_HERE), case
        elif case["suspend"]:
            assert dose == WAIT, case
        else:
            assert dose + 1 == case["next"], case
