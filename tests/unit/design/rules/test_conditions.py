"""Stopping conditions, and the rules that hold a design back."""

from dataclasses import dataclass
from typing import final

import numpy as np
import pytest

from protocyte.design import (
    BOIN,
    AllOf,
    AnyOf,
    Condition,
    Design,
    EnoughAtDose,
    EnoughTreated,
    FixedSample,
    IncreaseLimit,
    LeastAtSelected,
    MostAtDose,
    NearTarget,
    NoSkipping,
    Outcomes,
    Precise,
    Reason,
    Scenario,
    States,
    Staying,
    Steps,
    StopAfter,
    StopWhen,
    ThreePlusThree,
    Titration,
    TooToxic,
    find_characteristics,
)
from protocyte.design.rules.rule import Rule
from protocyte.errors import DesignError

TRUTH = [Scenario((0.05, 0.15, 0.3, 0.45, 0.6))]
EFFICACY = ("n", "eff")
PARENT = BOIN(target=0.3, n_doses=3)


def why(design: Design, text: str) -> str:
    return design.decide(Outcomes.from_notation(text, n_doses=design.n_doses)).why


@final
@dataclass(frozen=True, slots=True)
class Leap(Rule):
    """A design that wants the highest dose at once."""

    parent: Design

    def decide_states(self, states: States) -> Steps:
        """Return the highest dose, everywhere."""
        steps = self.parent.decide_states(states)
        top = np.full(len(states), self.n_doses - 1)
        return Steps(np.where(steps.stopped, -1, top), steps.size, steps.reason)


class TestAlgebra:
    def test_a_chain_stays_flat(self) -> None:
        one, two, three = EnoughAtDose(3), EnoughTreated(6), Staying()
        assert (one & two & three) == AllOf((one, two, three))
        assert (one | two | three) == AnyOf((one, two, three))
        assert (one & two | three) == AnyOf((AllOf((one, two)), three))

    def test_labels(self) -> None:
        rule = EnoughAtDose(9) & (Precise(0.4, 0.9) | NearTarget(0.2, 0.35, 0.5))
        assert rule.label == (
            "≥ 9 at the dose and (a 90 % interval narrower than 0.4 or P(0.2 < DLT < 0.35) > 0.5 "
            "at the dose)"
        )
        assert TooToxic(0.9, 0.3, "any").label == "P(DLT > 0.3) > 0.9 at any dose"

    @pytest.mark.parametrize(
        ("condition", "text", "stops"),
        [
            (EnoughAtDose(6), "1NNN 2NNN 2NTN", True),
            (EnoughAtDose(6), "1NNN 1NNT 2NTN", False),
            (EnoughTreated(9), "1NNN 2NTN", False),
            (EnoughTreated(6), "1NNN 2NTN", True),
            (Staying(), "1NNN 2NTN", True),
            (Staying(), "1NNN 2NNN", False),
            (EnoughTreated(6) & Staying(), "1NNN 2NNN", False),
            (EnoughTreated(99) | Staying(), "1NTN", True),
            # Beta(1, 7): the central 95 % lies within .0036 to .4096.
            (Precise(0.4062), "1NNNNNN", True),
            (Precise(0.4058), "1NNNNNN", False),
            # Beta(2, 3): P(p < .35) - P(p < .2) = .4370 - .1808.
            (NearTarget(0.2, 0.35, 0.256), "1NTN", True),
            (NearTarget(0.2, 0.35, 0.257), "1NTN", False),
            # P(p > .3 | 2 in 3) = .9163.
            (TooToxic(0.916), "1NNN 2NNN 1TTN", False),
            (TooToxic(0.916), "1NTT", True),
            (TooToxic(0.916, at="current"), "1NNN 2NTT", True),
            (TooToxic(0.916, at="lowest"), "1NNN 2NTT", False),
            (TooToxic(0.916, at="any"), "1NNN 2NTT 1NNN", True),
            (TooToxic(0.916, at="any", least=4), "1NNN 2NTT 1NNN", False),
            (TooToxic(0.9, limit=0.5), "1NTT", False),
        ],
    )
    def test_conditions(self, condition: Condition, text: str, stops: bool) -> None:
        assert why(StopWhen(PARENT, condition), text).startswith("rule_") == stops

    def test_a_toxic_lowest_dose_selects_none(self) -> None:
        rule = TooToxic(0.9, at="any") | EnoughTreated(6)
        design = StopWhen(PARENT, rule)
        toxic, calm = (Outcomes.from_notation(text, n_doses=3) for text in ("1NTT", "1NNN 2NTT"))
        assert (design.decide(toxic).why, design.select(toxic).dose) == ("rule_toxic", None)
        assert (design.decide(calm).why, design.select(calm).dose) == ("rule_met", 1)

    def test_the_design_inside_stops_first(self) -> None:
        assert why(StopWhen(PARENT, EnoughAtDose(1)), "1TTT") == "toxic"

    def test_equals_the_older_rule(self) -> None:
        boin = BOIN(target=0.3, n_doses=5)
        first = find_characteristics(StopAfter(boin, 12), TRUTH)
        second = find_characteristics(StopWhen(boin, EnoughAtDose(12)), TRUTH)
        assert np.array_equal(first.selection, second.selection)
        third = find_characteristics(StopWhen(boin, EnoughAtDose(12) & Staying()), TRUTH)
        own = find_characteristics(BOIN(target=0.3, n_doses=5, early_stop=12), TRUTH)
        assert np.allclose(third.selection, own.selection, atol=1e-14)

    def test_numbers_are_told(self) -> None:
        design = StopWhen(PARENT, (EnoughAtDose(9) & Staying()) | TooToxic(0.9, at="current"))
        lines = design.explain(Outcomes.from_notation("1NNN 2NTT", n_doses=3))
        assert lines[-4:-1] == (
            "3 at dose 2: enough from 9",
            "the next cohort would have dose 1",
            "P(DLT probability > 0.3) = 0.9163 at dose 2 with 3: too toxic above 0.9 from 1",
        )
        assert lines[-1] == (
            "stopping rule: (≥ 9 at the dose and the next cohort would stay) or P(DLT > target) > "
            "0.9 at the dose"
        )

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: EnoughAtDose(0), "asks for 0 participants"),
            (lambda: TooToxic(1.0), "certainty is 1.0"),
            (lambda: TooToxic(0.9, float("nan")), "limit is nan"),
            (lambda: TooToxic(0.9, at="top"), "at is 'top'"),  # type: ignore[arg-type]
            (lambda: TooToxic(0.9, least=0), "least is 0"),
            (lambda: Precise(0.0), "width is 0.0"),
            (lambda: NearTarget(0.3, 0.2, 0.5), "low = 0.3"),
            (lambda: AllOf(()), "Nothing is asked"),
            (lambda: StopWhen(ThreePlusThree(2), TooToxic(0.9)), "has no target"),
            (
                lambda: StopWhen(
                    FixedSample(9, features=EFFICACY), EnoughAtDose(3) | TooToxic(0.9)
                ),
                "counts no DLTs",
            ),
            (
                lambda: StopWhen(FixedSample(9, features=EFFICACY), Precise(0.5) & Staying()),
                "counts no DLTs",
            ),
        ],
    )
    def test_nonsense_is_refused(self, make: object, message: str) -> None:
        with pytest.raises(DesignError, match=message):
            make()  # type: ignore[operator]


class TestHoldingBack:
    def test_no_untried_level_is_skipped(self) -> None:
        outcomes = Outcomes.from_notation("1NNN", n_doses=3)
        assert Leap(PARENT).decide(outcomes).dose == 3
        held = NoSkipping(Leap(PARENT)).decide(outcomes)
        assert (held.dose, held.why) == (2, "not_skipped")
        back = Outcomes.from_notation("1NNN 2NNN 3NTN 1NNN", n_doses=3)
        assert NoSkipping(Leap(PARENT)).decide(back).dose == 3

    def test_a_closed_dose_is_never_the_answer(self) -> None:
        outcomes = Outcomes.from_notation("1NNN 2TTT", n_doses=3)
        held = NoSkipping(Leap(PARENT)).decide(outcomes)
        assert (held.dose, held.closed) == (3, (2, 3))
        limited = IncreaseLimit(Leap(PARENT), doses=(1, 2, 4), increase=1).decide(outcomes)
        assert limited.dose == 3
        first = Outcomes.from_notation("1NTT", n_doses=3)
        assert IncreaseLimit(Leap(PARENT), doses=(1, 2, 4), increase=1).decide(first).dose == 2

    def test_increases_are_limited(self) -> None:
        # 0.3e6 doubled is 0.6e6, although 2 × 0.3 and 0.6 differ as floats elsewhere.
        design = IncreaseLimit(Leap(PARENT), doses=(0.3e6, 0.6e6, 1.2e6), increase=1.0)
        decision = design.decide(Outcomes.from_notation("1NNN", n_doses=3))
        assert (decision.dose, decision.why) == (2, "limited")
        assert decision.arithmetic[-1] == (
            "dose 1 (300000) is the highest that was tried: at most 600000, dose 2"
        )
        wide = IncreaseLimit(Leap(PARENT), doses=(1.0, 2.0, 3.0), increase=2.0)
        assert wide.decide(Outcomes.from_notation("1NNN", n_doses=3)).dose == 3

    @pytest.mark.parametrize(
        ("doses", "increase", "message"),
        [
            ((1.0, 2.0), 1.0, "2 doses for 3 levels"),
            ((1.0, 2.0, 2.0), 1.0, "list doses from the lowest"),
            ((1.0, 2.0, 5.0), 1.0, "Dose level 3 .5. is 2.5 times level 2"),
            ((1.0, 2.0, 4.0), float("nan"), "increase is nan"),
            ((0.0, 2.0, 4.0), 1.0, "the lowest dose 0.0"),
        ],
    )
    def test_limits_that_cannot_be(
        self, doses: tuple[float, ...], increase: float, message: str
    ) -> None:
        with pytest.raises(DesignError, match=message):
            IncreaseLimit(PARENT, doses=doses, increase=increase)


class TestAtDose:
    def test_the_last_cohort_at_a_dose_is_cut(self) -> None:
        design = MostAtDose(PARENT, participants=5)
        assert (design.planned, design.capacity) == (15, 5)
        decision = design.decide(Outcomes.from_notation("1NTN", n_doses=3))
        assert (decision.dose, decision.size) == (1, 2)
        full = design.decide(Outcomes.from_notation("1NTN 1NN 2NTT", n_doses=3))
        assert full.why == "full"
        assert MostAtDose(PARENT, participants=2).start().size == 2

    def test_six_at_the_mtd_make_form_c_of_form_b(self) -> None:
        held = find_characteristics(LeastAtSelected(ThreePlusThree(5, "B"), 6), TRUTH)
        own = find_characteristics(ThreePlusThree(5, "C"), TRUTH)
        assert np.allclose(held.selection, own.selection, atol=1e-14)
        assert np.allclose(held.participants, own.participants, atol=1e-12)

    def test_a_dose_with_too_few_is_not_selected(self) -> None:
        design = LeastAtSelected(BOIN(target=0.3, n_doses=2, cohorts=2), participants=6)
        outcomes = Outcomes.from_notation("1NNN 2NTN", n_doses=2)
        assert design.decide(outcomes).why == "planned"
        selection = design.select(outcomes)
        assert selection.dose is None
        assert selection.arithmetic[-1] == "a dose is selected with at least 6 participants"

    def test_more_than_a_dose_of_the_design_inside_takes(self) -> None:
        design = LeastAtSelected(ThreePlusThree(2, "A"), participants=9)
        assert (design.planned, design.capacity) == (18, 9)
        found = find_characteristics(design, [Scenario((0.1, 0.3))])
        assert found.stopping["found"][0] + found.stopping["toxic"][0] == pytest.approx(1)

    def test_settings_that_cannot_be(self) -> None:
        with pytest.raises(DesignError, match="participants is 0"):
            MostAtDose(PARENT, participants=0)
        with pytest.raises(DesignError, match="31 participants are asked for"):
            LeastAtSelected(PARENT, participants=31)
        with pytest.raises(DesignError, match="0 participants are asked for"):
            LeastAtSelected(PARENT, participants=0)


class TestTitration:
    def test_one_participant_a_dose_until_a_dlt(self) -> None:
        design = Titration(PARENT)
        assert design.start().size == 1
        climbing = design.decide(Outcomes.from_notation("1N", n_doses=3))
        assert (climbing.dose, climbing.size, climbing.why) == (2, 1, "escalate")
        filled = design.decide(Outcomes.from_notation("1N 2T", n_doses=3))
        assert (filled.dose, filled.size, filled.why) == (2, 2, "fill")
        top = design.decide(Outcomes.from_notation("1N 2N 3N", n_doses=3))
        assert (top.dose, top.size, top.why) == (3, 2, "fill")
        after = design.decide(Outcomes.from_notation("1N 2T 2NN", n_doses=3))
        assert (after.dose, after.size) == (2, 3)

    def test_it_may_end_below_the_top(self) -> None:
        design = Titration(PARENT, up_to=2)
        decision = design.decide(Outcomes.from_notation("1N 2N", n_doses=3))
        assert (decision.dose, decision.size) == (3, 3)
        only = design.decide(Outcomes.from_notation("1N", n_doses=3))
        assert (only.dose, only.size) == (2, 1)

    def test_it_starts_where_the_design_starts(self) -> None:
        design = Titration(BOIN(target=0.3, n_doses=3, start_dose=2))
        assert design.decide(Outcomes.none(3)).dose == 2
        assert design.decide(Outcomes.from_notation("2T", n_doses=3)).size == 2

    def test_the_plan_is_kept(self) -> None:
        design = Titration(BOIN(target=0.3, n_doses=3, cohorts=1))
        assert design.decide(Outcomes.from_notation("1N 2N 3N", n_doses=3)).why == "planned"
        assert design.decide(Outcomes.from_notation("1N 2T", n_doses=3)).size == 1
        found = find_characteristics(design, [Scenario((0.1, 0.2, 0.3))])
        assert found.total[0] == pytest.approx(3)

    def test_settings_that_cannot_be(self) -> None:
        with pytest.raises(DesignError, match="one participant at a time"):
            Titration(BOIN(target=0.3, n_doses=3, cohort_size=1))
        for up_to in (0, 4):
            with pytest.raises(DesignError, match=f"up to dose level {up_to}"):
                Titration(PARENT, up_to=up_to)


def test_reasons_that_stop_lie_below_start() -> None:
    assert {Reason.RULE_MET, Reason.RULE_TOXIC, Reason.FULL} < {
        reason for reason in Reason if reason < Reason.START
    }
