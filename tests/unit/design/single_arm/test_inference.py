"""What may be said after a trial with looks."""

import pytest
from scipy.stats import beta

from protocyte.design import BOP2FE, Boundary, FlemingTwoStage, SimonTwoStage, SingleStage
from protocyte.design.single_arm.inference import find_estimate
from protocyte.design.single_arm.passage import find_reached
from protocyte.design.single_arm.staged import StagedArm
from protocyte.errors import DesignError, OutcomeError

FLEMING = FlemingTwoStage(1, 5, 10, 5, 29, 0.1, 0.3)
DESIGNS: list[StagedArm] = [
    FLEMING,
    SimonTwoStage(1, 10, 5, 29, 0.1, 0.3),
    BOP2FE((10, 15, 20), p0=0.2, cutoff=0.9, shape=1, efficacy_shape=2, p1=0.4),
]


def _endings(limits: Boundary, p: float) -> list[tuple[int, int, float]]:
    """Return participants, events and probability of every ending."""
    found = []
    for k, mass in enumerate(find_reached(limits, p)):
        found += [
            (limits.looks[k], events, float(weight))
            for events, weight in enumerate(mass)
            if weight > 0 and (events <= limits.low[k] or events >= limits.high[k])
        ]
    return found


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: type(design).__name__)
@pytest.mark.parametrize("p", [0.07, 0.3, 0.6])
def test_umvue_is_unbiased(design: StagedArm, p: float) -> None:
    mean = sum(
        weight * design.estimate(events, participants=n).umvue
        for n, events, weight in _endings(design.boundary, p)
    )
    assert mean == pytest.approx(p, abs=1e-13)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: type(design).__name__)
def test_p_values_reject_as_the_design_does(design: StagedArm) -> None:
    """The p-value of the least success is the type I error: the order agrees with the rule."""
    p0 = design.p0
    assert p0 is not None
    successes = [
        design.estimate(events, participants=n).p_value
        for n, events, _ in _endings(design.boundary, p0)
        if events >= design.boundary.high[design.boundary.looks.index(n)]
    ]
    largest = max(value for value in successes if value is not None)
    assert largest == pytest.approx(design.rejection(p0), abs=1e-13)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: type(design).__name__)
@pytest.mark.parametrize("p", [0.05, 0.22, 0.5, 0.85])
def test_limits_cover_as_often_as_they_say(design: StagedArm, p: float) -> None:
    """The lower limit and the upper one of the other tail; the same tail may cover too rarely."""
    below = above = 0.0
    for n, events, weight in _endings(design.boundary, p):
        found = design.estimate(events, participants=n, level=0.9, upper="other tail")
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower <= found.median < found.upper
        below += weight * (found.lower <= p)
        above += weight * (found.upper >= p)
    assert below >= 0.9 - 1e-12
    assert above >= 0.9 - 1e-12


def test_one_look_is_clopper_and_pearson() -> None:
    found = SingleStage(5, 25).estimate(7, level=0.975, upper="other tail")
    assert found.umvue == pytest.approx(7 / 25)
    assert found.lower == pytest.approx(beta.ppf(0.025, 7, 19), abs=1e-12)
    assert found.upper == pytest.approx(beta.ppf(0.975, 8, 18), abs=1e-12)


def test_extremes_have_the_limits_of_the_scale() -> None:
    none = SingleStage(5, 25).estimate(0, upper="other tail")
    assert (none.lower, none.median, none.umvue) == (0.0, 0.0, 0.0)
    assert none.upper == pytest.approx(1 - 0.05 ** (1 / 25), abs=1e-12)
    every = SingleStage(5, 25).estimate(25, upper="other tail")
    assert (every.upper, every.umvue) == (1.0, 1.0)


def test_few_events_are_good_where_nobody_wants_them() -> None:
    found = find_estimate(Boundary((20,), (3,), (4,)), 2, null=0.3, good="few")
    assert found.p_value == pytest.approx(0.7**20 + 20 * 0.3 * 0.7**19 + 190 * 0.09 * 0.7**18)


def test_an_ending_that_may_be_two_is_asked_for() -> None:
    with pytest.raises(OutcomeError, match="after 10 or 29 participants; give participants="):
        FLEMING.estimate(6)
    early, late = (FLEMING.estimate(6, participants=n) for n in (10, 29))
    assert (early.stage, late.stage) == (1, 2)
    assert early.p_value is not None
    assert late.p_value is not None
    assert early.p_value < late.p_value


@pytest.mark.parametrize(
    ("events", "participants", "message"),
    [
        (3, 10, "The trial cannot end with 3 events after 10 participants"),
        (30, None, "30 participants with the event cannot be among 29"),
        (5, 17, "The trial cannot end with 5 events after 17"),
    ],
)
def test_impossible_endings_are_refused(
    events: int, participants: int | None, message: str
) -> None:
    with pytest.raises(OutcomeError) as refused:
        FLEMING.estimate(events, participants=participants)
    assert str(refused.value).startswith(message)


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(DesignError, match=r"The confidence level is 0\.3"):
        FLEMING.estimate(0, level=0.3)
