"""Arms judged by their posterior, or by what their end will probably say."""

import pytest
from scipy.stats import betabinom

from protocyte.design import (
    BayesianArm,
    BetaMixture,
    PredictiveArm,
    Scenario,
    SimonTwoStage,
    find_characteristics,
)
from protocyte.errors import DesignError

FLAT = BetaMixture.beta(1, 1)
ROBUST = BetaMixture.robust(8, 12, weight=0.7)
LOOKS = (8, 16, 24)


def test_the_prior_moves_the_limits_and_robustness_moves_them_back() -> None:
    """Against 0.3 a history of 0.4 asks for fewer responses; a vague part asks for more again."""
    history = BayesianArm(LOOKS, BetaMixture.beta(20, 30), 0.3)
    robust = BayesianArm(LOOKS, BetaMixture.robust(20, 30, weight=0.5), 0.3)
    vague = BayesianArm(LOOKS, FLAT, 0.3)
    last = [design.boundary.low[-1] for design in (history, robust, vague)]
    assert last == sorted(last)
    assert last[0] < last[2]


def test_early_looks_stop_only_if_they_are_told_to() -> None:
    design = BayesianArm(LOOKS, FLAT, 0.3)
    assert design.boundary.low[:-1] == (-1, -1)
    assert design.boundary.high[:-1] == (9, 17)
    stops = BayesianArm(LOOKS, FLAT, 0.3, futility=0.2, efficacy=0.99)
    assert min(stops.boundary.low) >= 0
    assert stops.boundary.high[0] <= 8


@pytest.mark.parametrize(
    "design",
    [
        BayesianArm(LOOKS, ROBUST, 0.3, futility=0.2, efficacy=0.98, p1=0.55),
        BayesianArm(LOOKS, FLAT, BetaMixture.beta(15, 35), certainty=0.9, futility=0.1, p0=0.3),
        PredictiveArm(LOOKS, 0.3, FLAT, certainty=0.9, futility=0.05, efficacy=0.95, p1=0.5),
    ],
)
def test_exact_characteristics_equal_the_walk(design: BayesianArm | PredictiveArm) -> None:
    truths = (0.2, 0.3, 0.55)
    walked = find_characteristics(design, [Scenario(eff=(p,)) for p in truths])
    for i, p in enumerate(truths):
        assert walked.selection[i, 0] == pytest.approx(design.rejection(p), abs=1e-13)
        assert walked.total[i] == pytest.approx(design.expected(p), abs=1e-11)
        assert walked.early[i] == pytest.approx(design.early_stop(p), abs=1e-13)


def test_a_control_that_is_known_is_a_fixed_reference() -> None:
    """A control with a great many participants is as good as a fixed rate."""
    known = BayesianArm(LOOKS, FLAT, BetaMixture.beta(3e5, 7e5), futility=0.1, p0=0.3)
    fixed = BayesianArm(LOOKS, FLAT, 0.3, futility=0.1)
    assert known.boundary == fixed.boundary


def test_certainty_one_step_before_the_end_is_a_sum_of_two() -> None:
    design = PredictiveArm((23, 24), 0.3, ROBUST, certainty=0.9)
    enough = design.boundary.high[-1]
    for responses in (enough - 2, enough - 1, enough):
        next_one = ROBUST.after(responses, 23).mean
        expected = {enough - 2: 0.0, enough - 1: next_one, enough: 1.0}[responses]
        assert design.predictive(23)[responses] == pytest.approx(expected, abs=1e-14)


def test_assurance_is_the_power_averaged_over_the_prior() -> None:
    """A single look: success is a tail of the beta-binomial distribution."""
    design = BayesianArm((20,), FLAT, 0.3)
    enough = design.boundary.high[0]
    expected = sum(w * betabinom(20, a, b).sf(enough - 1) for w, a, b in ROBUST.components)
    assert design.assurance(ROBUST) == pytest.approx(expected, abs=1e-13)
    # A belief that is nearly certain gives the power itself.
    simon = SimonTwoStage(1, 10, 5, 29)
    sure = BetaMixture.beta(0.3e8, 0.7e8)
    assert simon.assurance(sure) == pytest.approx(simon.rejection(0.3), abs=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BayesianArm(LOOKS, FLAT, 0.3, certainty=1.0), "certainty is 1.0"),
        (lambda: BayesianArm(LOOKS, FLAT, 0.3, futility=0.9, efficacy=0.9), "futile below 0.9"),
        (lambda: BayesianArm(LOOKS, FLAT, 0.3, margin=-0.1), "The margin is -0.1"),
        (lambda: BayesianArm(LOOKS, FLAT, 1.3), "p0 is 1.3"),
        (lambda: BayesianArm(LOOKS, FLAT, 0.3, p1=0.2), "p0 = 0.3 is not below p1 = 0.2"),
        (lambda: BayesianArm((5, 5), FLAT, 0.3), "are not increasing"),
        (lambda: PredictiveArm(LOOKS, 0.3, FLAT, 0.0), "certainty is 0.0"),
        (lambda: PredictiveArm(LOOKS, 0.3, FLAT, 0.9, 0.6, 0.5), "futile below 0.6"),
        (lambda: PredictiveArm(LOOKS, float("nan"), FLAT, 0.9), "p0 is nan"),
    ],
)
def test_bad_settings_are_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(DesignError, match=message):
        make()
