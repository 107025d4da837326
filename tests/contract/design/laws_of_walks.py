"""Laws of exact characteristics: they add up, and equal paths, samples and continuations."""

from itertools import product

import numpy as np
import pytest
from tests.contract.design.designs import Case
from tests.contract.design.law import law
from tests.contract.design.reach import EFF, TOX, find_exact, find_following, find_truth

from protocyte.design import Cap, Outcomes, Scenario, find_characteristics
from protocyte.simulation.designs import simulate_design

TRIALS = 20_000


@law("adds up")
def probabilities_add_up(case: Case) -> None:
    """Selections, endings and totals each have probability 1 in all; events follow Wald."""
    design, found = case.design, find_exact(case.design)
    assert abs(found.selection[0].sum() + found.none[0] - 1) <= 1e-12
    assert abs(found.total_distribution[0].sum() - 1) <= 1e-12
    assert abs(sum(values[0] for values in found.stopping.values()) - 1) <= 1e-12
    assert found.participants[0].sum() == pytest.approx(found.total[0], abs=1e-10)
    # Expected events at a dose are its probability times the expected participants.
    if found.dlts is not None:
        expected = np.array(TOX[: design.n_doses]) * found.participants[0]
        assert found.dlts[0] == pytest.approx(expected, abs=1e-10)
    if found.responses is not None:
        expected = np.array(EFF[: design.n_doses]) * found.participants[0]
        assert found.responses[0] == pytest.approx(expected, abs=1e-10)


@law("equals Monte Carlo")
def exact_is_near_simulated(case: Case) -> None:
    """Exact values lie within 4.5 standard errors of 20,000 simulated trials."""
    exact = find_exact(case.design)
    simulated = simulate_design(
        case.design,
        [find_truth(case.design.n_doses)],
        trials=TRIALS,
        rng=np.random.default_rng(20261),
    )
    for name, errors in simulated.errors.items():
        values, shares = getattr(exact, name), getattr(simulated, name)
        known = ~np.isnan(values)
        # A share of zero has no error of its own: judge it by the exact value's.
        floor = np.sqrt(np.maximum(values * (1 - values), 0) / TRIALS) if name != "utility" else 0
        z = np.abs(shares - values)[known] - 4.5 * np.maximum(errors, floor)[known]
        assert np.all(z <= 1e-9), name


@law("equals paths")
def walk_is_every_path(case: Case) -> None:
    """Of a trial cut short, the walk over merged states equals the sum over all paths."""
    design, truth = case.design, find_truth(case.design.n_doses)
    most = 5 if len(design.features) < 4 and design.start().size > 1 else 4
    if design.planned > most:
        design = Cap(design, participants=max(most, design.start().size))
    joint = [
        {(1, 1): b, (1, 0): t - b, (0, 1): e - b, (0, 0): 1 - t - e + b}
        for t, e, b in zip(
            TOX[: case.design.n_doses], EFF[: case.design.n_doses], truth.joint, strict=True
        )
    ]
    selected = np.zeros(design.n_doses + 1)
    paths: list[tuple[Outcomes, float]] = [(Outcomes.none(design.n_doses), 1.0)]
    while paths:
        outcomes, mass = paths.pop()
        decision = design.decide(outcomes)
        if decision.dose is None:
            selected[design.select(outcomes).dose or 0] += mass
            continue
        for dose, share in decision.shares or ((decision.dose, 1.0),):
            for counts, chance in _cohort(joint[dose - 1], decision.size).items():
                tox, eff, both = counts
                after = outcomes.after(dose, n=decision.size, tox=tox, eff=eff, both=both)
                paths.append((after, mass * share * chance))
    found = find_characteristics(design, [truth])
    assert [found.none[0], *found.selection[0]] == pytest.approx(selected, abs=1e-13)


def _cohort(person: dict[tuple[int, int], float], size: int) -> dict[tuple[int, int, int], float]:
    """How probable each outcome of a cohort is: DLTs, responses, both; person after person."""
    cohort = {(0, 0, 0): 1.0}
    for _ in range(size):
        grown: dict[tuple[int, int, int], float] = {}
        for ((tox, eff, both), before), ((t, e), chance) in product(cohort.items(), person.items()):
            key = tox + t, eff + e, both + t * e
            grown[key] = grown.get(key, 0.0) + before * chance
        cohort = grown
    return cohort


@law("equals its continuations")
def walk_is_conditional(case: Case) -> None:
    """The walk from the start is the mean of the walks from each outcome of the first cohort."""
    design, truth = case.design, find_truth(case.design.n_doses)
    if len(design.features) == 4:
        design = Cap(design, participants=design.start().size + 1)
    whole, nobody = find_exact(design), Outcomes.none(design.n_doses)
    start = design.decide(nobody)
    assert start.dose is not None
    dose = start.dose - 1
    t, e, b = TOX[dose], EFF[dose], truth.joint[dose]
    chances = _cohort({(1, 1): b, (1, 0): t - b, (0, 1): e - b, (0, 0): 1 - t - e + b}, start.size)
    names = ("selection", "none", "participants", "total")
    mean = {name: np.zeros_like(getattr(whole, name)[0]) for name in names}
    seen = 0.0
    for outcomes in find_following(design, nobody, start):
        chance = sum(p for key, p in chances.items() if _shows(design.features, outcomes, key))
        found = find_characteristics(design, [truth], outcomes=outcomes)
        seen += chance
        for name in names:
            mean[name] = mean[name] + chance * getattr(found, name)[0]
    assert seen == pytest.approx(1, abs=1e-12)
    for name in names:
        assert getattr(whole, name)[0] == pytest.approx(mean[name], abs=1e-10), name


def _shows(features: tuple[str, ...], outcomes: Outcomes, counts: tuple[int, int, int]) -> bool:
    """Whether a cohort with these counts is seen as these outcomes of a first cohort."""
    assert outcomes.last is not None
    seen = dict(zip(("tox", "eff", "both"), counts, strict=True))
    shown = dict(zip(("n", "tox", "eff", "both"), outcomes.last, strict=True))
    return all(shown[feature] == seen[feature] for feature in features if feature != "n")


@law("truths apart")
def truths_do_not_mix(case: Case) -> None:
    """What a walk says of one truth does not depend on the other truths of the same walk."""
    other = Scenario(
        tuple(0.5 for _ in range(case.design.n_doses)),
        tuple(0.3 for _ in range(case.design.n_doses)),
    )
    alone = find_exact(case.design)
    found = find_characteristics(case.design, [other, find_truth(case.design.n_doses)])
    assert found.selection[1] == pytest.approx(alone.selection[0], abs=1e-12)
    assert found.participants[1] == pytest.approx(alone.participants[0], abs=1e-10)
