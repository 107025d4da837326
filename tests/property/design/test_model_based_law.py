"""Laws of model-based designs that hold for any skeleton, prior, and data."""

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocyte.design import BLRM, CRM, BivariateNormal, Outcomes, States, TradeOff, find_skeleton
from protocyte.design.model_based.curve import Curve
from protocyte.design.model_based.partial import find_part_below

TARGETS = st.floats(0.1, 0.5)
PRIORS = st.builds(
    BivariateNormal,
    mean=st.tuples(st.floats(-2, 1), st.floats(-0.5, 1)),
    sd=st.tuples(st.floats(0.5, 2), st.floats(0.3, 1)),
    correlation=st.floats(-0.7, 0.7),
)
COHORTS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=8)


def _outcomes(cohorts: list[tuple[int, int]]) -> Outcomes:
    text = " ".join(f"{level}{'T' * tox}{'N' * (3 - tox)}" for level, tox in cohorts)
    return Outcomes.from_notation(text, n_doses=4)


@st.composite
def crms(draw: st.DrawFn) -> CRM:
    """CRMs of four doses with any half-width, curve and estimate."""
    target = draw(TARGETS)
    model = draw(st.sampled_from(["empiric", "logistic"]))
    skeleton = find_skeleton(
        draw(st.floats(0.02, 0.08)),
        target=target,
        prior_mtd=draw(st.integers(1, 4)),
        n_doses=4,
        curve=model,  # type: ignore[arg-type]
    )
    return CRM(
        target=target,
        skeleton=skeleton,
        model=model,  # type: ignore[arg-type]
        estimate=draw(st.sampled_from(["plug-in", "posterior mean"])),
    )


@settings(max_examples=40, deadline=None)
@given(crms(), COHORTS)
def test_crm_is_coherent_and_skips_nothing(design: CRM, cohorts: list[tuple[int, int]]) -> None:
    decision = design.decide(_outcomes(cohorts))
    last, tox = cohorts[-1]
    assert decision.dose is not None
    assert decision.dose <= last + 1
    if tox / 3 >= design.target:
        assert decision.dose <= last


@settings(max_examples=40, deadline=None)
@given(crms(), COHORTS, st.integers(0, 7))
def test_a_dlt_more_raises_every_estimate(
    design: CRM, cohorts: list[tuple[int, int]], place: int
) -> None:
    place %= len(cohorts)
    level, tox = cohorts[place]
    assume(tox < 3)
    worse = [*cohorts[:place], (level, tox + 1), *cohorts[place + 1 :]]
    before, after = (_outcomes(some).states(("n", "tox")) for some in (cohorts, worse))
    assert (design.estimates(after) >= design.estimates(before)).all()
    assert design.select_states(after)[0] <= design.select_states(before)[0]
    assert (np.diff(design.estimates(before)) >= 0).all()


@settings(max_examples=30, deadline=None)
@given(crms(), COHORTS, st.randoms(use_true_random=False))
def test_the_order_of_cohorts_changes_no_estimate(
    design: CRM,
    cohorts: list[tuple[int, int]],
    rng: "st.RandomWithSeed",  # type: ignore[name-defined]
) -> None:
    shuffled = rng.sample(cohorts, len(cohorts))
    one, other = (_outcomes(some).states(("n", "tox")) for some in (cohorts, shuffled))
    assert (design.estimates(one) == design.estimates(other)).all()


@settings(max_examples=15, deadline=None)
@given(PRIORS, COHORTS, st.floats(0.2, 5))
def test_blrm_does_not_depend_on_the_unit_of_dose(
    prior: BivariateNormal, cohorts: list[tuple[int, int]], unit: float
) -> None:
    doses = (1.0, 2.0, 4.0, 8.0)
    states = _outcomes(cohorts).states(("n", "tox"))
    one = BLRM(doses, 4.0, prior)
    other = BLRM(tuple(unit * dose for dose in doses), 4 * unit, prior)
    assert np.allclose(one.intervals(states), other.intervals(states), rtol=0, atol=1e-8)


@settings(max_examples=15, deadline=None)
@given(PRIORS, COHORTS)
def test_blrm_probabilities_are_a_posterior(
    prior: BivariateNormal, cohorts: list[tuple[int, int]]
) -> None:
    """They add up to 1; overdosing is more probable at higher doses, and at a dose after a DLT.

    At other doses a DLT may speak for a flatter curve, and overdosing become less probable.
    """
    design = BLRM((1.0, 2.0, 4.0, 8.0), 4.0, prior)
    outcomes = _outcomes(cohorts)
    under, on, over = design.intervals(outcomes.states(design.features))[0]
    assert np.allclose(under + on + over, 1, rtol=0, atol=1e-9)
    assert (np.diff(over) >= -1e-5).all()
    place = (outcomes.dose or 1) - 1
    assume(outcomes.tox[place] < outcomes.n[place])
    tox = [count + (j == place) for j, count in enumerate(outcomes.tox)]
    worse = States(
        design.features, np.array([list(zip(outcomes.n, tox, strict=True))]), np.zeros(1, int)
    )
    assert design.intervals(worse)[0, 2, place] >= over[place] - 1e-5


@given(st.floats(0.05, 0.6), st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.05, 1))
def test_any_contour_passes_through_its_points(
    least: float, along: float, share: float, most: float
) -> None:
    response, toxicity = least + along * (1 - least), share * most
    u, v = (1 - response) / (1 - least), toxicity / most
    assume(max(u, v) < 0.98)
    contour = TradeOff(least, (response, toxicity), most)
    points = np.array([least, response, 1.0]), np.array([0.0, toxicity, most])
    assert np.allclose(contour.utility(*points), 0, rtol=0, atol=1e-9)


@given(st.floats(-4, 4), st.floats(0.1, 0.5))
def test_partial_integrals_of_a_normal_density(limit: float, spacing: float) -> None:
    half = math.ceil(9 / spacing)
    nodes = np.linspace(-half * spacing, half * spacing, 2 * half + 1)
    density = spacing * np.exp(-(nodes**2) / 2) / math.sqrt(2 * math.pi)
    exact = math.erfc(-limit / math.sqrt(2)) / 2
    assert abs(float(density @ find_part_below(limit - nodes, spacing)) - exact) < 1e-8


@given(st.floats(0.01, 0.09), TARGETS, st.integers(1, 6), st.integers(0, 5))
def test_skeletons_rise_through_the_target(
    half_width: float, target: float, prior_mtd: int, more: int
) -> None:
    # Wider, and the lowest of many doses can no longer be told from 0.
    assume(half_width < target / 2)
    skeleton = find_skeleton(
        half_width, target=target, prior_mtd=prior_mtd, n_doses=prior_mtd + more
    )
    assert Curve(skeleton).n_doses == prior_mtd + more
    assert math.isclose(skeleton[prior_mtd - 1], target, rel_tol=1e-14)
