"""Stopping boundaries, what they do, and designs that heed them."""

import numpy as np
import pytest
from scipy.stats import beta

from protocyte.design import (
    BOIN,
    FixedSample,
    Outcomes,
    SafetyMonitor,
    SafetyStop,
    Scenario,
    SimonTwoStage,
    StoppingBoundary,
    find_beta_binomial_boundary,
    find_characteristics,
    find_repeated_boundary,
    find_schedule,
)
from protocyte.errors import DesignError

TABLE = StoppingBoundary.of([(3, 2), (6, 3), (10, 4)])


def test_schedules_end_at_the_planned_number() -> None:
    assert find_schedule(4) == (1, 2, 3, 4)
    assert find_schedule(10, first=3, every=3) == (3, 6, 9, 10)
    assert find_schedule(9, first=9) == (9,)
    for first, every in ((0, 1), (11, 1), (1, 0)):
        with pytest.raises(DesignError, match="are none; begin at 1 or more"):
            find_schedule(10, first=first, every=every)


@pytest.mark.parametrize("strict", [True, False])
def test_beta_binomial_counts_are_those_of_the_posterior(*, strict: bool) -> None:
    found = find_beta_binomial_boundary(
        find_schedule(20), limit=0.25, certainty=0.9, prior=(0.5, 1.5), strict=strict
    )
    for n, count in zip(found.looks, found.stop_from, strict=True):
        tails = beta.sf(0.25, 0.5 + np.arange(n + 1), 1.5 + n - np.arange(n + 1))
        assert count == n + 1 - int((tails > 0.9).sum())


def test_equality_stops_only_if_it_is_told_to() -> None:
    """P(p > 1/2) after 1 in 1 under Beta(1, 1) is exactly 3/4."""
    for strict, count in ((True, 2), (False, 1)):
        found = find_beta_binomial_boundary((1,), limit=0.5, certainty=0.75, strict=strict)
        assert found.stop_from == (count,)


def test_shapes_differ_as_their_names_say() -> None:
    looks = find_schedule(30, first=5, every=5)
    pocock = find_repeated_boundary(looks, acceptable=0.2, crossing=0.05)
    fleming = find_repeated_boundary(looks, acceptable=0.2, crossing=0.05, delta=0.5)
    assert fleming.stop_from[0] > pocock.stop_from[0]
    assert fleming.stop_from[-1] <= pocock.stop_from[-1]


@pytest.mark.parametrize("delta", [0.0, 0.3, 0.5])
def test_the_two_boundaries_enclose_the_allowed_chance(delta: float) -> None:
    looks = (6, 12, 18, 24)
    crossed = [
        SafetyMonitor(
            find_repeated_boundary(looks, acceptable=0.15, crossing=0.1, delta=delta, side=side), 24
        )
        .outlook([0.15])
        .stopped[0]
        for side in ("high", "low")
    ]
    assert crossed[0] <= 0.1 < crossed[1]


def test_a_single_look_is_a_single_test() -> None:
    found = find_repeated_boundary((20,), acceptable=0.2, crossing=0.05)
    stops = SafetyMonitor(found, 20).outlook([0.2]).stopped[0]
    less = SafetyMonitor(StoppingBoundary((20,), (found.stop_from[0] - 1,)), 20)
    assert stops <= 0.05 < less.outlook([0.2]).stopped[0]


def test_a_table_in_words_has_exact_characteristics() -> None:
    monitor = SafetyMonitor(TABLE, planned=20)
    rates = [0.0, 0.1, 0.25, 1.0]
    outlook = monitor.outlook(rates)
    walked = find_characteristics(monitor, [Scenario(tox=(p,)) for p in rates])
    assert outlook.stopped == pytest.approx(walked.none, abs=1e-14)
    assert outlook.expected == pytest.approx(walked.total, abs=1e-12)
    assert walked.dlts is not None
    assert outlook.events == pytest.approx(walked.dlts[:, 0], abs=1e-12)
    assert outlook.stopped[0] == 0
    assert outlook.expected.tolist()[::3] == [20.0, 3.0]
    # The last look of the table is before the end: all that is ever stopped is stopped early.
    assert outlook.early == pytest.approx(outlook.stopped, abs=1e-15)


def test_moves() -> None:
    monitor = SafetyMonitor(TABLE, planned=12)

    def outcomes(n: int, tox: int) -> Outcomes:
        return Outcomes.from_counts([n], [tox], dose=1)

    assert monitor.decide(outcomes(3, 1)).why == "go_on"
    assert monitor.decide(outcomes(3, 2)).why == "harmful"
    assert monitor.decide(outcomes(5, 4)).why == "fill"
    assert monitor.decide(outcomes(12, 5)).why == "planned"
    assert monitor.decide(outcomes(3, 2)).arithmetic == ("2 events in 3: stop at ≥ 2",)
    assert monitor.select(outcomes(3, 2)).dose is None
    assert monitor.select(outcomes(3, 1)).dose == 1
    assert monitor.select(outcomes(12, 3)).dose == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StoppingBoundary.of([]), "are not increasing"),
        (lambda: StoppingBoundary((6, 3), (2, 3)), "are not increasing"),
        (lambda: StoppingBoundary((3, 6), (2,)), "2 looks have 1 counts"),
        (lambda: StoppingBoundary((3, 6), (2, 8)), "8 events among 6 participants cannot stop"),
        (lambda: StoppingBoundary((3, 6), (2, 1)), "1 events stop the trial among 6"),
        (lambda: SafetyMonitor(TABLE, 2), "The first look is at 3 participants and 2 are planned"),
        (lambda: SafetyMonitor(TABLE, 20, p0=0.1, p1=0.2), "p0 = 0.1 is not above p1 = 0.2"),
        (lambda: find_beta_binomial_boundary((3,), limit=1.0, certainty=0.9), "The limit is 1.0"),
        (lambda: find_beta_binomial_boundary((3,), limit=0.2, certainty=2), "The certainty is 2"),
        (
            lambda: find_beta_binomial_boundary((3,), limit=0.2, certainty=0.9, prior=(0, 1)),
            r"Beta\(0, 1\) is no prior",
        ),
        (
            lambda: find_repeated_boundary((3,), acceptable=float("nan"), crossing=0.1),
            "acceptable is nan",
        ),
        (
            lambda: find_repeated_boundary((3,), acceptable=0.1, crossing=0.1, delta=0.7),
            "The shape delta is 0.7",
        ),
        (
            lambda: SafetyStop(BOIN(target=0.3, n_doses=2), TABLE),
            "The design inside studies 2 doses",
        ),
    ],
)
def test_bad_settings_are_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(DesignError, match=message):
        make()


class TestSafetyStop:
    SIMON = SimonTwoStage(1, 10, 5, 29, p0=0.1, p1=0.3)
    DESIGN = SafetyStop(SIMON, StoppingBoundary((5, 10, 20), (3, 5, 8)))

    def test_without_the_event_it_is_the_design_inside(self) -> None:
        found = find_characteristics(self.DESIGN, [Scenario(tox=(0.0,), eff=(0.3,))])
        assert found.selection[0, 0] == pytest.approx(self.SIMON.rejection(0.3), abs=1e-14)
        assert found.total[0] == pytest.approx(self.SIMON.expected(0.3), abs=1e-12)

    def test_around_a_fixed_sample_it_is_the_boundary_alone(self) -> None:
        rule = StoppingBoundary((5, 10, 20), (3, 5, 8))
        around = SafetyStop(FixedSample(29, features=("n", "eff")), rule)
        found = find_characteristics(around, [Scenario(tox=(0.3,), eff=(0.3,))])
        alone = SafetyMonitor(rule, 29).outlook([0.3])
        assert found.stopping["harmful"][0] == pytest.approx(alone.stopped[0], abs=1e-14)
        assert found.total[0] == pytest.approx(alone.expected[0], abs=1e-12)

    def test_a_link_between_event_and_response_matters(self) -> None:
        """Events in responders only, or in the others only: both margins are the same."""
        shared = Scenario((0.3,), (0.4,), (0.3,), name="responders")
        apart = Scenario((0.3,), (0.4,), (0.0,), name="others")
        found = find_characteristics(self.DESIGN, [shared, apart])
        assert found.stopping["harmful"].tolist() != pytest.approx(
            [found.stopping["harmful"][0]] * 2
        )
        assert found.selection[0, 0] < found.selection[1, 0]

    def test_the_boundary_has_the_last_word(self) -> None:
        """Enough responses at the end, and the boundary reached there: nothing is selected."""
        design = SafetyStop(self.SIMON, StoppingBoundary((29,), (8,)))
        outcomes = Outcomes.from_counts([29], [8], eff=[12], dose=1)
        assert design.decide(outcomes).why == "harmful"
        assert design.select(outcomes).dose is None
        assert design.select(Outcomes.from_counts([29], [7], eff=[12], dose=1)).dose == 1

    def test_cohorts_are_cut_at_the_looks(self) -> None:
        assert self.DESIGN.start().size == 5
        outcomes = Outcomes.from_counts([10], [1], eff=[2], dose=1)
        decision = self.DESIGN.decide(outcomes)
        assert (decision.why, decision.size) == ("next_stage", 10)
        assert decision.arithmetic[0] == "1 with the watched event in 10: stop from 5"
