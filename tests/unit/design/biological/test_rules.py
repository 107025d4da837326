"""U-BOIN, BOIN-ET, TEPI: what they refuse, what they say, and their conventions."""

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta

from protocyte.design import (
    BOINET,
    TEPI,
    UBOIN,
    BOINETLimits,
    Outcomes,
    Scenario,
    decide_tree,
    find_characteristics,
)
from protocyte.design.biological.acceptance import Acceptance
from protocyte.design.biological.boin_et_limits import find_boin_et_limits
from protocyte.design.biological.choice import find_best, find_equal_shares
from protocyte.errors import DesignError, OutcomeError

NAN = float("nan")


def _at(text: str, doses: int = 3) -> Outcomes:
    return Outcomes.from_notation(text, n_doses=doses)


class TestRefusals:
    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"toxicity_target": 0.0}, "must rise"),
            ({"toxicity_target": NAN}, "must rise"),
            ({"too_safe": 0.3}, "must rise"),
            ({"too_toxic": 1.0}, "must rise"),
            ({"too_weak": 0.7}, "must rise"),
            ({"efficacy_target": NAN}, "must rise"),
            ({"n_doses": 0}, "n_doses is 0"),
            ({"cohorts": 0}, "cohorts is 0"),
            ({"start_dose": 4}, "starts at dose level 4 of 3"),
            ({"early_stop": 0}, "early_stop is 0"),
            ({"tied": "first"}, "tied is 'first'"),
            ({"conduct": "wild"}, "conduct is 'wild'"),
            ({"reading": "other"}, "reading is 'other'"),
            ({"select_by": "luck"}, "select_by is 'luck'"),
            ({"toxicity_certainty": 1.0}, "toxicity_certainty is 1.0"),
            ({"futility_certainty": NAN}, "futility_certainty is nan"),
        ],
    )
    def test_boin_et(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises(DesignError, match=words):
            BOINET(**{"n_doses": 3, **settings})

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"utilities_of": (90, 40, 60, 0)}, "The utilities are"),
            ({"utilities_of": (100, NAN, 60, 0)}, "The utilities are"),
            ({"margin": 0.3}, "margin is 0.3"),
            ({"margin": NAN}, "margin is nan"),
            ({"margin": 0.27}, "takes 0.05 to 0.6"),
            ({"stage_one": 24}, "must be the smaller"),
            ({"stage_one": 0}, "must be the smaller"),
            ({"prior": (0, 1, 1, 1)}, "four positive numbers"),
            ({"prior": (1, 1, 1)}, "a tuple of 4 values"),
            ({"next_dose": "worst"}, "next_dose is 'worst'"),
            ({"candidates": "none"}, "candidates is 'none'"),
            ({"efficacy_floor": 1.0}, "efficacy_floor is 1.0"),
            ({"n_doses": 0}, "n_doses"),
        ],
    )
    def test_u_boin(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises(DesignError, match=words):
            UBOIN(**{"n_doses": 3, **settings})

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"toxicity_cuts": (0.2, 0.1, 0.3)}, "toxicity_cuts is"),
            ({"efficacy_cuts": (0.2, NAN, 0.3)}, "efficacy_cuts is"),
            ({"efficacy_cuts": (0.2, 0.4, 1.0)}, "efficacy_cuts is"),
            ({"moves": ("EEEE", "EEES", "DSSS")}, "give 4 rows"),
            ({"moves": ("EEEE", "EEES", "DSSS", "DDDX")}, "of 4 letters"),
            ({"futility_chance": 0}, "futility_chance is 0"),
            ({"toxicity_target": NAN}, "toxicity_limit is nan"),
            ({"harmless": (0.4, 0.4)}, "two rising rates"),
            ({"useful": (NAN, 0.4)}, "two rising rates"),
            ({"estimate": "guess"}, "estimate is 'guess'"),
            ({"start_dose": 0}, "starts at dose level 0"),
            ({"cohort_size": 0}, "cohort_size is 0"),
        ],
    )
    def test_tepi(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises(DesignError, match=words):
            TEPI(**{"n_doses": 3, **settings})

    def test_limits_that_cross(self) -> None:
        with pytest.raises(DesignError, match="the first lies below the second"):
            BOINETLimits(0.4, 0.3, 0.5)

    @pytest.mark.parametrize("make", [BOINET, TEPI, UBOIN])
    def test_more_participants_than_reckoned_with(self, make: Any) -> None:
        many = Outcomes.from_counts([99, 0], [0, 0], eff=[50, 0], both=[0, 0], dose=1)
        with pytest.raises(OutcomeError, match="more than this design reckons with"):
            make(2).decide(many)

    @pytest.mark.parametrize("make", [BOINET, TEPI, UBOIN])
    def test_responses_must_be_known(self, make: Any) -> None:
        with pytest.raises(OutcomeError, match="which these outcomes do not give"):
            make(2).decide(Outcomes.from_counts([3, 0], [0, 0], dose=1))

    @pytest.mark.parametrize("make", [BOINET, TEPI, UBOIN])
    def test_ten_thousand_doses(self, make: Any) -> None:
        design = make(10_000)
        assert design.decide(_at("1NNE", 10_000)).dose in {1, 2}


class TestBOINET:
    def test_own_truth_moves_the_response_limit(self) -> None:
        """Our reading of the objective: the minimum is at .47, not at the package's .48."""
        bounds: dict[str, Any] = {"toxicity": (0.03, 0.3, 0.42), "efficacy": (0.36, 0.6)}
        found = find_boin_et_limits(**bounds, reading="own truth")
        assert found == BOINETLimits(0.14, 0.35, 0.47)
        assert BOINET(3, reading="own truth").compared == found
        assert BOINET(3, limits=BOINETLimits(0.1, 0.3, 0.4)).compared.eta_1 == 0.4

    @pytest.mark.parametrize(
        ("text", "why", "dose"),
        [
            ("1NNN", "escalate", 2),
            ("1NEE", "stay", 1),
            ("1TNN", "best", 2),
            ("1NNN 2TTN", "de_escalate", 1),
            ("1TTN", "lowest", 1),
            ("3NNN", "top", 3),
            ("1TTT", "inadmissible", None),
        ],
    )
    def test_moves(self, text: str, why: str, dose: int | None) -> None:
        decision = BOINET(3, tied="lowest").decide(_at(text))
        assert (decision.why, decision.dose) == (why, dose)

    def test_ties_are_drawn_or_named(self) -> None:
        seen = _at("1NNN 2NTN 3NNN 2NNT 2NNN", 3)
        drawn = BOINET(3).decide(seen)
        assert drawn.shares == ((1, 1 / 3), (2, 1 / 3), (3, 1 / 3))
        assert drawn.reason.startswith("Draw the dose of the next cohort at random: dose 1 with")
        assert drawn.as_dict()["shares"] == [[1, 1 / 3], [2, 1 / 3], [3, 1 / 3]]
        assert BOINET(3, tied="lowest").decide(seen).dose == 1
        assert BOINET(3, tied="highest").decide(seen).dose == 3
        # The tree opens each drawn dose; probabilities add up.
        tree = decide_tree(BOINET(3), seen, scenario=Scenario((0.1, 0.2, 0.3), (0.3, 0.4, 0.5)))
        assert sum(branch.probability or 0 for branch in tree.branches) == pytest.approx(1)
        assert {branch.label[-6:] for branch in tree.branches} == {"dose 1", "dose 2", "dose 3"}

    def test_a_drawn_start_of_the_walk(self) -> None:
        seen = _at("1NNN 2NTN 3NNN 2NNT 2NNN", 3)
        truth = Scenario((0.1, 0.2, 0.3), (0.3, 0.4, 0.5))
        found = find_characteristics(BOINET(3, cohorts=6), [truth], outcomes=seen)
        assert found.participants[0].tolist() == pytest.approx([4, 10, 4])

    def test_a_toxic_dose_is_passed_by_the_package_alone(self) -> None:
        seen = Outcomes.from_counts([6, 3, 0], [0, 3, 0], eff=[0, 1, 0], dose=1)
        assert BOINET(3, conduct="boinet").decide(seen).dose == 3
        careful = BOINET(3).decide(seen)
        assert (careful.dose, careful.closed) == (1, (2, 3))

    def test_selection_by_each_worth(self) -> None:
        seen = Outcomes.from_counts([6, 6, 6], [0, 2, 4], eff=[2, 3, 6], dose=3)
        by: list[Any] = ["response", "weighted", "truncated linear", "scores"]
        # By hand: the third dose is closed; 60 and 56.7 by scores, .365 and .169 truncated.
        assert [BOINET(3, select_by=how).select(seen).dose for how in by] == [2, 2, 1, 1]

    def test_the_best_dose_in_truth(self) -> None:
        truth = Scenario((0.03, 0.17, 0.35, 0.5), (0.12, 0.39, 0.43, 0.55))
        assert BOINET(4).best_dose(truth) == 2
        assert BOINET(4).best_dose(Scenario((0.5,) * 4, (0.5,) * 4)) == -1
        assert BOINET(4).best_dose(Scenario((0.1,) * 4)) is None

    def test_the_table_is_the_decision(self) -> None:
        design = BOINET(5, cohorts=8, tied="lowest")
        words = {"E": "escalate", "S": "stay", "D": "de_escalate", "DSE": "best"}
        for row in design.table(6):
            n, tox, eff = [0] * 5, [0] * 5, [0] * 5
            n[1:4], tox[2], eff[2] = [3, row.n, 3], row.tox or 0, row.eff or 0
            decision = design.decide(Outcomes.from_counts(n, tox, eff=eff, dose=3))
            assert (3 in decision.closed) == row.eliminate
            if not row.eliminate:
                assert decision.why == words[row.decision]


class TestTEPI:
    def test_the_published_example(self) -> None:
        """The moves follow the rectangle with the largest mass; three cells checked by hand."""
        design = TEPI(3, toxicity_target=0.2, efficacy_floor=0.05)
        letters = {(row.n, row.tox, row.eff): row.decision[0] for row in design.table(3)}
        assert letters[3, 0, 0] == "E"
        assert letters[3, 0, 3] == "E"
        assert letters[3, 2, 1] == "D"
        mass = beta(1 + 1, 1 + 2)
        cuts = (0, 0.15, 0.25, 0.35, 1)
        strength = [(mass.cdf(b) - mass.cdf(a)) / (b - a) for a, b in itertools.pairwise(cuts)]
        assert np.argmax(strength) == 2
        assert letters[3, 1, 1] == "S"

    def test_false_ties_of_rounded_masses_are_none(self) -> None:
        """Rounded to two decimals, masses tie; the true largest one decides here."""
        design = TEPI(2)
        for n in (3, 6, 9):
            for tox, eff in itertools.product(range(n + 1), repeat=2):
                mass = design._mass(np.array([n]), np.array([tox]), np.array([eff]))[0]
                best = np.unravel_index(np.argmax(mass), mass.shape)
                move = "DSE".index(design.moves[best[0]][best[1]]) - 1
                assert design._move(np.array([n]), np.array([tox]), np.array([eff]))[0] == move

    def test_without_a_table_of_moves_the_same(self) -> None:
        small, large = TEPI(2, cohorts=10), TEPI(2, cohorts=60)
        assert large._moves is None
        n, tox, eff = (axis.ravel() for axis in np.indices((7, 7, 7)))
        known = (tox <= n) & (eff <= n) & (n > 0)
        counts = n[known], tox[known], eff[known]
        assert np.array_equal(small._move(*counts), large._move(*counts))

    def test_a_futile_dose_is_closed_alone(self) -> None:
        decision = TEPI(3).decide(_at("1NNE 2NNN 2NNN"))
        assert decision.closed == (2,)
        assert decision.dose == 3

    def test_nowhere_to_go(self) -> None:
        seen = Outcomes.from_counts([6, 0, 0], [2, 0, 0], eff=[0, 0, 0], dose=1)
        decision = TEPI(3, toxicity_target=0.3).decide(seen)
        assert (decision.why, decision.dose) == ("futile", None)
        assert TEPI(3, toxicity_target=0.3).select(seen).dose is None

    def test_doses_worth_nothing_are_not_selected(self) -> None:
        seen = Outcomes.from_counts([6, 0, 0], [0, 0, 0], eff=[1, 0, 0], dose=1)
        assert TEPI(3, efficacy_floor=0.05).select(seen).dose is None
        by_mean = TEPI(3, efficacy_floor=0.05, estimate="posterior mean")
        assert by_mean.select(seen).dose == 1


class TestUBOIN:
    def test_stage_one_is_boin_below_the_limit(self) -> None:
        design = UBOIN(3)
        assert design.decide(_at("1NNN")).why == "escalate"
        assert design.decide(_at("1NNT")).why == "lowest"
        assert design.decide(_at("1NNT 1NNT 1NNN")).why == "stay"
        assert design.decide(_at("1NNE 2NTT")).why == "de_escalate"
        assert design.decide(_at("1TTT")).why == "toxic"

    def test_stage_two_explores_then_takes_the_best(self) -> None:
        design = UBOIN(3, stage_one=3, stage_two=9)
        assert design.decide(_at("1NEE")).why == "explore"
        seen = Outcomes.from_counts([3, 3, 3], [0, 1, 1], eff=[1, 3, 1], dose=3)
        decision = design.decide(seen)
        assert (decision.why, decision.dose) == ("best", 2)
        assert any("mean utility" in line for line in decision.arithmetic)
        assert "stage two" in decision.arithmetic[1]

    def test_lots_are_proportional_to_mean_utility(self) -> None:
        design = UBOIN(3, stage_one=3, stage_two=9, next_dose="proportional")
        seen = Outcomes.from_counts([3, 3, 3], [0, 1, 1], eff=[1, 3, 1], dose=3)
        states = seen.states(design.features)
        mean = design.mean_utility(states)[0]
        shares = np.array([share for _, share in design.decide(seen).shares])
        assert shares == pytest.approx(mean / mean.sum())
        # 0.25 of each outcome stands before three participants: (50 + 60·1 + 40·3) / 4.
        assert mean[0] == pytest.approx((50 + 60 + 120) / 4)
        equal = UBOIN(3, stage_one=3, stage_two=9, next_dose="equal").decide(seen)
        assert equal.shares == ((1, 1 / 3), (2, 1 / 3), (3, 1 / 3))

    def test_untried_doses_compete_if_asked(self) -> None:
        seen = Outcomes.from_counts([3, 6, 0], [0, 2, 0], eff=[0, 1, 0], dose=2)
        tried = UBOIN(3, stage_one=6, efficacy_floor=0.05, next_dose="equal").decide(seen)
        every = UBOIN(
            3, stage_one=6, efficacy_floor=0.05, next_dose="equal", candidates="all"
        ).decide(seen)
        assert [dose for dose, _ in tried.shares] == [1, 2]
        assert [dose for dose, _ in every.shares] == [1, 2, 3]

    def test_no_admissible_dose(self) -> None:
        seen = Outcomes.from_counts([12, 0, 0], [4, 0, 0], eff=[0, 0, 0], dose=1)
        decision = UBOIN(3).decide(seen)
        assert (decision.why, UBOIN(3).select(seen).dose) == ("inadmissible", None)

    def test_tables(self) -> None:
        rows = UBOIN(3, cohorts=3).table()
        assert rows[0].rank is not None
        assert {row.decision for row in rows} == {"E", "S", "D", "DU"}
        joint = UBOIN(3, cohorts=2, utilities_of=(100, 30, 50, 0)).table()
        assert all(row.eff is None and row.rank is None for row in joint)
        assert len({(row.n, row.tox) for row in joint}) == len(joint)


class TestParts:
    def test_best_and_shares_of_none(self) -> None:
        nothing = np.zeros((1, 3), bool)
        assert find_best(np.ones((1, 3)), nothing).tolist() == [-1]
        assert find_equal_shares(nothing).tolist() == [[1.0, 0.0, 0.0]]
        assert not nothing.any()

    @pytest.mark.parametrize("prior", [(1.0, 1.0), (0.5, 0.5), (2.0, 3.0)])
    def test_tails_against_the_beta_distribution(self, prior: tuple[float, float]) -> None:
        acceptance = Acceptance(
            0.3, 0.2, 0.95, 0.9, n_least=1, longest=9, toxicity_prior=prior, efficacy_prior=prior
        )
        a, b = prior
        for n in range(1, 10):
            toxic = [beta.sf(0.3, a + y, b + n - y) > 0.95 for y in range(n + 1)]
            futile = [beta.cdf(0.2, a + y, b + n - y) > 0.9 for y in range(n + 1)]
            assert acceptance.too_toxic(n) == n + 1 - sum(toxic)
            assert acceptance.too_few(n) == sum(futile) - 1
