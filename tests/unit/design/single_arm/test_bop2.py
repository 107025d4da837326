"""BOP2 and its kin: limits from certainties, exact calibration, late responses."""

import numpy as np
import pytest
from scipy.stats import beta

from protocyte.design import (
    BOP2,
    BOP2FE,
    TOP,
    Scenario,
    find_bop2,
    find_bop2_fe,
    find_characteristics,
)
from protocyte.design.single_arm.staged import Counted
from protocyte.errors import DesignError, OutcomeError

LOOKS = (10, 20, 30)


def test_limits_are_those_of_the_posterior() -> None:
    design = BOP2(LOOKS, p0=0.25, cutoff=0.9, shape=0.7)
    for n, low in zip(LOOKS, design.boundary.low, strict=True):
        limit = 0.9 * (n / 30) ** 0.7
        futile = [beta.sf(0.25, 0.25 + y, 0.75 + n - y) < limit for y in range(n + 1)]
        assert low == sum(futile) - 1


def test_toxicity_is_the_mirror_image() -> None:
    tox = BOP2(LOOKS, p0=0.4, cutoff=0.9, shape=0.7, p1=0.2, counted="tox")
    eff = BOP2(LOOKS, p0=0.6, cutoff=0.9, shape=0.7, p1=0.8)
    assert tox.boundary == eff.boundary.mirrored()
    assert tox.rejection(0.4) == pytest.approx(eff.rejection(0.6), abs=1e-14)
    found = find_characteristics(tox, [Scenario(tox=(p,)) for p in (0.4, 0.3, 0.2)])
    assert found.selection[:, 0] == pytest.approx([tox.rejection(p) for p in (0.4, 0.3, 0.2)])
    assert found.best == (0, None, 1)
    for n, high in zip(LOOKS, tox.boundary.high, strict=True):
        limit = 0.9 * (n / 30) ** 0.7
        stops = [beta.cdf(0.4, 0.4 + y, 0.6 + n - y) < limit for y in range(n + 1)]
        assert high == n + 1 - sum(stops)


@pytest.mark.parametrize("counted", ["eff", "tox"])
def test_calibration_is_the_best_of_its_grid(counted: Counted) -> None:
    p0, p1 = (0.2, 0.45) if counted == "eff" else (0.45, 0.2)
    cutoffs, shapes = (0.7, 0.8, 0.85, 0.9, 0.95), (0.0, 0.5, 1.0)
    found = find_bop2(
        p0,
        p1,
        LOOKS,
        alpha=0.1,
        counted=counted,
        cutoffs=cutoffs,
        shapes=shapes,
    )
    tried = [BOP2(LOOKS, p0, cutoff, shape, p1, counted) for cutoff in cutoffs for shape in shapes]
    kept = [design for design in tried if design.rejection(p0) <= 0.1]
    best = max(kept, key=lambda design: (round(design.rejection(p1), 12), -design.expected(p0)))
    assert found.rejection(p0) <= 0.1
    assert found.rejection(p1) == pytest.approx(best.rejection(p1), abs=1e-13)
    assert found.expected(p0) == pytest.approx(best.expected(p0), abs=1e-10)


def test_the_closest_error_may_be_larger() -> None:
    strict = find_bop2(0.2, 0.4, LOOKS, alpha=0.05)
    close = find_bop2(0.2, 0.4, LOOKS, alpha=0.05, control="closest")
    assert strict.rejection(0.2) <= 0.05
    assert abs(close.rejection(0.2) - 0.05) <= abs(strict.rejection(0.2) - 0.05)


def test_efficacy_stops_cost_few_participants() -> None:
    with_stops = find_bop2_fe(0.2, 0.4, LOOKS, alpha=0.1)
    without = find_bop2(0.2, 0.4, LOOKS, alpha=0.1)
    assert with_stops.rejection(0.2) <= 0.1
    assert with_stops.expected(0.4) < without.expected(0.4)
    walked = find_characteristics(with_stops, [Scenario(eff=(0.4,))])
    assert walked.selection[0, 0] == pytest.approx(with_stops.rejection(0.4), abs=1e-13)
    assert walked.stopping["success"][0] == pytest.approx(
        with_stops.passage(0.4).high[0, :-1].sum(), abs=1e-13
    )


def test_shape_of_obrien_and_fleming() -> None:
    found = find_bop2_fe(0.2, 0.4, LOOKS, alpha=0.1, method="O'Brien-Fleming")
    assert found.efficacy_shape is None
    assert found.rejection(0.2) <= 0.1
    early = BOP2FE(LOOKS, 0.2, 0.9, 1.0).boundary.high
    assert np.all(np.diff(early) >= 0)


def test_unreachable_errors_are_refused() -> None:
    with pytest.raises(DesignError, match=r"The most power with 20 participants.*less than 0\.9"):
        find_bop2(0.2, 0.3, (10, 20), alpha=0.05, power=0.9)
    with pytest.raises(DesignError, match="No boundary on the grid keeps the type I error"):
        find_bop2(0.2, 0.4, LOOKS, alpha=0.001, cutoffs=(0.5, 0.6))
    with pytest.raises(DesignError, match=r"power is 0\.04 with alpha = 0\.05"):
        find_bop2(0.2, 0.4, LOOKS, alpha=0.05, power=0.04)
    with pytest.raises(DesignError, match="alpha is nan"):
        find_bop2_fe(0.2, 0.4, LOOKS, alpha=float("nan"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BOP2((20, 10), 0.2, 0.9, 1), r"The looks \(20, 10\) are not increasing"),
        (lambda: BOP2(LOOKS, 1.2, 0.9, 1), "p0 is 1.2"),
        (lambda: BOP2(LOOKS, float("nan"), 0.9, 1), "p0 is nan"),
        (lambda: BOP2(LOOKS, 0.4, 0.9, 1, 0.2), "p0 = 0.4 is not below p1 = 0.2"),
        (lambda: BOP2(LOOKS, 0.2, 0.9, 1, 0.4, "tox"), "p0 = 0.2 is not above p1 = 0.4"),
        (lambda: BOP2(LOOKS, 0.2, 1.0, 1), "The cut-off is 1.0"),
        (lambda: BOP2(LOOKS, 0.2, 0.9, -1), "The shape is -1"),
        (lambda: BOP2FE(LOOKS, 0.2, 0.9, 1, float("inf")), "The shape is inf"),
        (lambda: TOP(LOOKS, 0.2, 0.9, 1, window=0), "The window is 0 days"),
    ],
)
def test_bad_settings_are_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(DesignError, match=message):
        make()


class TestTop:
    DESIGN = TOP((10, 20, 30, 40), p0=0.2, cutoff=0.86, shape=0.95, window=90, p1=0.4)

    def test_complete_data_are_bop2(self) -> None:
        complete = BOP2((10, 20, 30, 40), 0.2, 0.86, 0.95)
        assert self.DESIGN.boundary == complete.boundary
        for n, low in zip(complete.looks[:-1], complete.boundary.low, strict=False):
            for responses in range(n + 1):
                verdict = self.DESIGN.judge(responses, n, follow_up=[]).verdict
                assert verdict == ("stop" if responses <= low else "go on")

    def test_the_table_is_the_rule(self) -> None:
        """Just below the effective sample size of the table it goes on, just above it stops."""
        for row in self.DESIGN.rows():
            if row.suspend_from is None or row.futile_above is None or row.suspend_from < 2:
                continue
            pending = row.suspend_from - 1
            known = row.enrolled - pending
            for beyond, expected in ((-1e-6, "go on"), (1e-6, "stop")):
                rest = row.futile_above + beyond - known
                if row.responses > known or not 0 <= rest <= pending:
                    continue
                days = [90 * rest / pending] * pending
                found = self.DESIGN.judge(row.responses, row.enrolled, follow_up=days)
                assert found.verdict == expected
                assert found.sample == pytest.approx(row.futile_above + beyond)

    @pytest.mark.parametrize(
        ("responses", "enrolled", "follow_up", "verdict"),
        [
            (4, 20, [0] * 16, "go on"),
            (3, 20, [1] * 10, "suspend"),
            (0, 20, [1] * 10, "suspend"),
            (3, 20, [80] * 9, "stop"),
            (3, 20, [10] * 9, "go on"),
            (12, 40, [30], "wait"),
            (12, 40, [], "active"),
            (11, 40, [], "not active"),
        ],
    )
    def test_verdicts(
        self, responses: int, enrolled: int, follow_up: list[float], verdict: str
    ) -> None:
        found = self.DESIGN.judge(responses, enrolled, follow_up=follow_up)
        assert found.verdict == verdict
        assert found.reason.endswith(".")
        assert any(character.isdigit() for character in found.reason)

    def test_longer_follow_up_never_rescues(self) -> None:
        """The same participants, watched longer without a response: certainty falls."""
        certainties = [
            self.DESIGN.judge(3, 20, follow_up=[days] * 9).certainty for days in (0, 30, 60, 90)
        ]
        assert certainties == sorted(certainties, reverse=True)

    @pytest.mark.parametrize(
        ("responses", "enrolled", "follow_up", "message"),
        [
            (3, 15, [], "15 enrolled participants are no look"),
            (15, 20, [0] * 6, "15 responses and 6 pending participants are not among 20"),
            (-1, 20, [], "-1 responses"),
            (3, 20, [91], "followed for 91 days and the window is 90"),
            (3, 20, [float("nan")], "followed for nan days"),
        ],
    )
    def test_impossible_data_are_refused(
        self, responses: int, enrolled: int, follow_up: list[float], message: str
    ) -> None:
        with pytest.raises(OutcomeError, match=message):
            self.DESIGN.judge(responses, enrolled, follow_up=follow_up)
