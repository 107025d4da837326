"""Laws of designs that hold for any settings, truths and outcomes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from protocyte.design import (
    BOIN,
    BOIN12,
    Cap,
    Outcomes,
    Scenario,
    SimonTwoStage,
    StopAfter,
    ThreePlusThree,
    find_characteristics,
)
from protocyte.design.exact.binomial import find_binomial
from protocyte.design.exact.layout import Layout
from protocyte.design.isotonic import find_isotonic_fit

LETTERS = st.text("NTEB", min_size=1, max_size=6)
COHORTS = st.lists(st.tuples(st.integers(1, 15), LETTERS), max_size=8)
RATE = st.floats(0, 1, allow_nan=False)
BOINS = st.builds(
    BOIN,
    target=st.floats(0.1, 0.6),
    n_doses=st.integers(1, 4),
    cohorts=st.integers(1, 5),
    cohort_size=st.integers(1, 4),
    certainty=st.floats(0.85, 0.99),
    extra_safe=st.none() | st.floats(0.01, 0.15),
    bound_mtd=st.booleans(),
    early_stop=st.none() | st.integers(1, 12),
    early_stop_when=st.sampled_from(["staying", "always"]),
)


@given(COHORTS)
def test_outcomes_are_what_was_written(cohorts: list[tuple[int, str]]) -> None:
    text = " ".join(f"{level}{letters}" for level, letters in cohorts)
    outcomes = Outcomes.from_notation(text, n_doses=15)
    for level in range(1, 16):
        here = "".join(letters for at, letters in cohorts if at == level)
        assert outcomes.n[level - 1] == len(here)
        assert outcomes.tox[level - 1] == here.count("T") + here.count("B")
        assert outcomes.eff is not None
        assert outcomes.eff[level - 1] == here.count("E") + here.count("B")


@given(COHORTS, st.randoms())
def test_patients_of_a_cohort_are_exchangeable(
    cohorts: list[tuple[int, str]],
    rng: "st.RandomWithSeed",  # type: ignore[name-defined]
) -> None:
    shuffled = [(level, "".join(rng.sample(letters, len(letters)))) for level, letters in cohorts]
    first, second = (
        Outcomes.from_notation(" ".join(f"{level}{letters}" for level, letters in some), n_doses=15)
        for some in (cohorts, shuffled)
    )
    assert first == second


@given(st.lists(st.tuples(RATE, st.floats(0.01, 50)), min_size=1, max_size=8))
def test_isotonic_fit_equals_another_implementation(pairs: list[tuple[float, float]]) -> None:
    values, weights = (np.array(column) for column in zip(*pairs, strict=True))
    fit = find_isotonic_fit(values[np.newaxis], weights[np.newaxis])[0]
    other = isotonic_regression(values, weights=weights).x
    assert np.allclose(fit, other, rtol=0, atol=1e-12)


@given(st.integers(1, 9), st.sampled_from([2, 3, 4]), st.integers(1, 200), st.data())
def test_packed_counts_come_out(
    n_doses: int, n_features: int, capacity: int, data: st.DataObject
) -> None:
    layout = Layout(n_doses, n_features, capacity)
    flat = data.draw(
        st.lists(
            st.integers(0, capacity), min_size=n_doses * n_features, max_size=n_doses * n_features
        )
    )
    counts = np.array(flat).reshape(1, n_doses, n_features)
    assert np.array_equal(layout.counts(layout.keys(counts)), counts)


@given(st.integers(1, 400), RATE)
def test_binomial_adds_up(n: int, probability: float) -> None:
    mass = find_binomial(n, probability)
    assert abs(mass.sum() - 1) < 1e-12
    assert abs(mass @ np.arange(n + 1) - n * probability) < 1e-9


@settings(deadline=None, max_examples=60)
@given(BOINS, st.lists(RATE, min_size=4, max_size=4))
def test_characteristics_add_up(design: BOIN, truth: list[float]) -> None:
    scenario = Scenario(tuple(truth[: design.n_doses]))
    found = find_characteristics(design, [scenario])
    assert abs(found.selection[0].sum() + found.none[0] - 1) <= 1e-12
    assert found.total[0] <= design.planned + 1e-9
    assert found.dlts is not None
    expected = np.array(scenario.tox) * found.participants[0]
    assert np.allclose(found.dlts[0], expected, atol=1e-10)


@settings(deadline=None, max_examples=40)
@given(BOINS, st.data())
def test_the_walk_from_a_state_is_the_walk_given_the_state(
    design: BOIN, data: st.DataObject
) -> None:
    """Selection from here is the mean of selections after the next cohort."""
    truth = Scenario((0.1, 0.25, 0.4, 0.55)[: design.n_doses])
    outcomes = Outcomes.none(design.n_doses)
    for _ in range(data.draw(st.integers(0, 2))):
        decision = design.decide(outcomes)
        if decision.dose is None:
            break
        tox = data.draw(st.integers(0, decision.size))
        outcomes = outcomes.after(decision.dose, n=decision.size, tox=tox)
    decision = design.decide(outcomes)
    here = find_characteristics(design, [truth], outcomes=outcomes)
    if decision.dose is None:
        level = design.select(outcomes).dose
        assert here.none[0] == (level is None)
        assert here.total[0] == outcomes.total
        return
    assert truth.tox is not None
    chances = find_binomial(decision.size, truth.tox[decision.dose - 1])
    after = [
        find_characteristics(
            design,
            [truth],
            outcomes=outcomes.after(decision.dose, n=decision.size, tox=tox),
        )
        for tox in range(decision.size + 1)
    ]
    mean = sum(chance * found.selection[0] for chance, found in zip(chances, after, strict=True))
    assert np.allclose(here.selection[0], mean, atol=1e-13)


@settings(deadline=None, max_examples=40)
@given(BOINS, st.integers(1, 15))
def test_limits_of_a_table_are_ordered(design: BOIN, n: int) -> None:
    table = design.decision_table
    n = min(n, table.longest - 1)
    up, down, shut = (
        column[n - 1] for column in (table.escalate, table.de_escalate, table.eliminate)
    )
    assert -1 <= up < down <= shut
    # One participant more never lowers a limit, nor raises it by more than one.
    for column in (table.escalate, table.de_escalate):
        assert column[n - 1] <= column[n] <= column[n - 1] + 1


@settings(deadline=None, max_examples=30)
@given(st.sampled_from("ABC"), st.integers(1, 4), st.lists(RATE, min_size=4, max_size=4))
def test_three_plus_three_treats_at_most_six(form: str, n_doses: int, truth: list[float]) -> None:
    design = ThreePlusThree(n_doses, form)  # type: ignore[arg-type]
    found = find_characteristics(design, [Scenario(tuple(truth[:n_doses]))])
    assert np.all(found.participants[0] <= 6 + 1e-9)
    assert abs(found.selection[0].sum() + found.none[0] - 1) <= 1e-12


@settings(deadline=None, max_examples=20)
@given(
    st.lists(RATE, min_size=2, max_size=2),
    st.lists(RATE, min_size=2, max_size=2),
    st.lists(RATE, min_size=2, max_size=2),
)
def test_joint_and_marginal_counts_agree(
    tox: list[float], eff: list[float], share: list[float]
) -> None:
    """A design that needs margins alone gets the same from a truth with any link, both ways."""
    both = tuple(
        max(0.0, t + e - 1) + s * (min(t, e) - max(0.0, t + e - 1))
        for t, e, s in zip(tox, eff, share, strict=True)
    )
    truth = [Scenario(tuple(tox), tuple(eff), both)]
    margins = BOIN12(2, cohorts=3)
    # A hundred-millionth apart, the utilities no longer add up to 100: joint counts are walked.
    joint = BOIN12(2, cohorts=3, utilities_of=(100, 40, 60 + 1e-8, 0))
    assert joint.features != margins.features
    first, second = find_characteristics(margins, truth), find_characteristics(joint, truth)
    assert np.allclose(first.selection, second.selection, atol=1e-12)
    assert np.allclose(first.participants, second.participants, atol=1e-11)


@settings(deadline=None, max_examples=30)
@given(BOINS, st.integers(1, 12), st.lists(RATE, min_size=4, max_size=4))
def test_rules_never_treat_more(design: BOIN, participants: int, truth: list[float]) -> None:
    scenario = [Scenario(tuple(truth[: design.n_doses]))]
    free = find_characteristics(design, scenario).total[0]
    for held in (
        StopAfter(design, participants_at_dose=participants),
        Cap(design, participants=participants),
    ):
        assert find_characteristics(held, scenario).total[0] <= free + 1e-10


@given(
    r1=st.integers(0, 5),
    more1=st.integers(1, 8),
    more=st.integers(0, 5),
    more2=st.integers(1, 15),
    low=RATE,
    high=RATE,
)
def test_two_stages_are_monotone(
    *, r1: int, more1: int, more: int, more2: int, low: float, high: float
) -> None:
    low, high = sorted((low, high))
    n1 = r1 + more1
    n = n1 + more2
    design = SimonTwoStage(r1, n1, min(r1 + more, n - 1), n)
    assert design.rejection(low) <= design.rejection(high) + 1e-12
    assert design.early_stop(low) >= design.early_stop(high) - 1e-12
    assert n1 - 1e-9 <= design.expected(low) <= n + 1e-9


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(6, 12), st.integers(15, 40), st.data())
def test_estimates_after_two_stages_are_ordered(
    r1: int, n1: int, n: int, data: st.DataObject
) -> None:
    design = SimonTwoStage(r1, n1, r1 + 3, n, p0=0.15)
    responses = data.draw(st.integers(1, n - 1))
    first, second = design.estimate(responses), design.estimate(responses + 1)
    assert first.p_value is not None
    assert second.p_value is not None
    assert second.p_value <= first.p_value
    assert first.lower is not None
    assert first.upper is not None
    assert 0 <= first.lower <= first.upper <= 1
