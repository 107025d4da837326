"""A virtual trial draws the next dose where its design leaves it to chance."""

from datetime import date

import numpy as np

from protocyte.protocol.checks.example import REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.rehearsal import parse_rehearsal
from protocyte.record import About
from protocyte.simulation.trial import simulate_trial

CROSSED = """
schedule:
  activities:
    lymphodepletion: {regimens: {mild: {}, full: {}}}
dosing:
  levels:
    - {dose: 1e6 cells/kg, regimen: mild}
    - {dose: 1e6 cells/kg, regimen: full}
    - {dose: 3e6 cells/kg, regimen: mild}
    - {dose: 3e6 cells/kg, regimen: full}
  participants: 4
  cohort: {size: 2}
  method: {BOIN: null, BOIN combination: {target: 0.3}}
"""


def test_both_neighbours_are_drawn_and_each_seed_repeats() -> None:
    plan = parse_protocol(amend_example(CROSSED)).plan
    assert plan is not None
    text = REHEARSAL
    for old in ("[0.05, 0.10, 0.20]", "[0.50, 0.60, 0.70]", "[0.3, 0.5, 0.6]"):
        text = text.replace(old, "[0.001, 0.001, 0.001, 0.001]")
    truths = parse_rehearsal(text, protocol=plan).plan
    assert truths is not None

    def second_cohort(seed: int) -> str:
        trial = simulate_trial(
            plan,
            truths,
            scenario=truths.scenarios[0],
            about=About("DEMO", "rehearsal"),
            start=date(2026, 1, 5),
            rng=np.random.default_rng(seed),
        )
        return trial.meetings[-1].notation.split()[1][0]

    drawn = [second_cohort(seed) for seed in range(6)]
    assert set(drawn) == {"2", "3"}
    assert second_cohort(0) == drawn[0]
