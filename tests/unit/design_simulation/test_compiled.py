"""Compiled trials: the design's own decisions, shares near the exact probabilities, chance."""

from dataclasses import dataclass, field
from typing import final

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    BOIN12,
    Cap,
    Design,
    FixedSample,
    Outcomes,
    Scenario,
    SimonTwoStage,
    States,
    Steps,
    ThreePlusThree,
    find_characteristics,
)
from protocyte.design.rules.rule import Rule
from protocyte.simulation import compiled
from protocyte.simulation.compiled import StateMachine
from protocyte.simulation.designs import sample_patient_draws, simulate_design

TRUTHS = [Scenario((0.1, 0.3, 0.5), (0.2, 0.5, 0.6)), Scenario((0.06, 0.1, 0.2), (0.1, 0.1, 0.4))]
DESIGNS: dict[str, Design] = {
    "BOIN": BOIN(target=0.3, n_doses=3),
    "3+3": ThreePlusThree(3, "C"),
    "cap": Cap(BOIN(target=0.25, n_doses=3, cohort_size=2), participants=13),
    "BOIN12": BOIN12(3, cohorts=6),
    "joint": BOIN12(3, cohorts=4, utilities_of=(100, 30, 50, 0)),
    "Simon": SimonTwoStage(r1=2, n1=12, r=8, n=30),
    "fixed": FixedSample(10, features=("n", "tox", "eff", "both")),
}


def _truths(design: Design) -> list[Scenario]:
    return [
        Scenario((s.tox or ())[: design.n_doses], (s.eff or ())[: design.n_doses]) for s in TRUTHS
    ]


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("given", [False, True], ids=["seed", "patients"])
def test_shares_lie_near_the_exact_probabilities(name: str, given: bool) -> None:
    design, trials, rng = DESIGNS[name], 40_000, np.random.default_rng(17)
    truths = _truths(design)
    draws = sample_patient_draws(trials, design.planned, rng=rng) if given else None
    found = simulate_design(design, truths, trials=trials, draws=draws, rng=rng)
    exact = find_characteristics(design, truths)
    for what in ("selection", "none", "participants", "total", "early"):
        share, truth = getattr(found, what), getattr(exact, what)
        error = np.sqrt(np.maximum(found.errors[what] ** 2, 1e-9))
        assert np.abs((share - truth) / error).max() < 4.5, what


def test_every_path_is_the_designs_own() -> None:
    """Trials with given patients, followed one by one through `decide` and `select`."""
    design, truth = BOIN12(3, cohorts=5), TRUTHS[0]
    draws = sample_patient_draws(40, design.planned, rng=np.random.default_rng(5))
    participants, chosen = np.zeros(3), np.zeros(4)
    for patients in draws.uniform:
        outcomes, met = Outcomes.none(3), 0
        decision = design.decide(outcomes)
        while decision.dose is not None:
            mine = patients[met : met + decision.size]
            tox = mine[:, 0] < (truth.tox or ())[decision.dose - 1]
            eff = mine[:, 1] < (truth.eff or ())[decision.dose - 1]
            outcomes = outcomes.after(
                decision.dose, n=decision.size, tox=int(tox.sum()), eff=int(eff.sum()), both=None
            )
            met += decision.size
            decision = design.decide(outcomes)
        participants += outcomes.n
        chosen[design.select(outcomes).dose or 0] += 1
    found = simulate_design(design, [truth], draws=draws)
    assert found.participants[0] * 40 == pytest.approx(participants)
    assert found.selection[0] * 40 == pytest.approx(chosen[1:])


@final
@dataclass(frozen=True, slots=True)
class Watched(Rule):
    """A design that notes on which states it decides."""

    parent: Design
    looks_at_last: bool = False
    asked: list[bytes] = field(default_factory=list, compare=False)

    def decide_states(self, states: States) -> Steps:
        for s in range(len(states)):
            seen = states.counts[s].tobytes() + bytes([states.dose[s]])
            if self.looks_at_last:
                assert states.last is not None
                seen += states.last[s].tobytes()
            self.asked.append(seen)
        return self.parent.decide_states(states)


@pytest.mark.parametrize("looks", [False, True])
def test_a_design_is_asked_once_about_every_state(looks: bool) -> None:
    design = Watched(BOIN(target=0.3, n_doses=3, cohorts=5), looks)
    machine = StateMachine(design, TRUTHS)
    list(machine.endings(5000, 11))
    assert machine.decisions == len(design.asked) == len(set(design.asked))
    sizes = find_characteristics(design.parent, TRUTHS).sizes
    assert machine.decisions <= 4 * sizes["decision"]


def test_chance_depends_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    design = BOIN12(3, cohorts=6)
    first = simulate_design(design, TRUTHS, trials=3000, rng=np.random.default_rng(3))
    monkeypatch.setattr(compiled, "BLOCK", 400)
    monkeypatch.setattr(compiled, "MOST_EDGES", 2000)
    monkeypatch.setattr(compiled, "DECIDE", 50)
    again = simulate_design(design, TRUTHS, trials=3000, rng=np.random.default_rng(3))
    other = simulate_design(design, TRUTHS, trials=3000, rng=np.random.default_rng(4))
    assert np.allclose(first.selection, again.selection, rtol=0, atol=1e-13)
    assert np.allclose(first.total_distribution, again.total_distribution, rtol=0, atol=1e-13)
    assert not np.allclose(first.selection, other.selection, atol=1e-13)


def test_certain_and_impossible_events() -> None:
    design = BOIN(target=0.3, n_doses=2, cohorts=3)
    found = simulate_design(
        design,
        [Scenario((0.0, 0.0)), Scenario((1.0, 1.0))],
        trials=2000,
        rng=np.random.default_rng(1),
    )
    assert found.selection[0].tolist() == [0.0, 1.0]
    assert found.none[1] == 1.0


def test_cohorts_draw_binomial_counts() -> None:
    """The numbers behind the draws are uniform: a chi-square over the counts of ten."""
    truth = Scenario((0.37,), (0.5,))
    design = FixedSample(10)
    machine = StateMachine(design, [truth])
    trials, counts = 200_000, np.zeros(11)
    for ending in machine.endings(trials, 99):
        counts += np.bincount(ending.states.of("tox")[:, 0], ending.mass[0] * trials, 11)
    exact = np.array([np.exp(_log_binomial(k)) for k in range(11)]) * trials
    assert ((counts - exact) ** 2 / exact)[exact > 5].sum() < 30


def _log_binomial(k: int) -> float:
    from math import lgamma, log

    return lgamma(11) - lgamma(k + 1) - lgamma(11 - k) + k * log(0.37) + (10 - k) * log(0.63)
