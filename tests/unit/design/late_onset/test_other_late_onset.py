"""Rolling six, TITE-CRM, TITE-BOIN12 and backfilling: worked cases and second ways to compute."""

import itertools

import numpy as np
import pytest
from scipy.stats import beta

from protocyte.design import BOIN, BOIN12
from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN
from protocyte.design.late_onset.backfill_rule import find_backfill_dose
from protocyte.design.late_onset.follow_up import Followed, FollowUp
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_crm_rule import find_adaptive_weight
from protocyte.design.late_onset.utility_rule import find_beta_above
from protocyte.design.model_based.crm import CRM
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.errors import DesignError

FREE = Suspension(None, None, None)


def clean(dose: int, *days: float, extra: bool = False) -> tuple[Followed, ...]:
    return tuple(Followed(dose, day, backfilled=extra) for day in days)


def test_rolling_six_enrols_waits_and_goes_down() -> None:
    design = RollingSixInTime(RollingSix(3), 28)
    assert design.decide_followed(FollowUp(3, clean(1, 5, 4))).action == "stay"
    assert design.decide_followed(FollowUp(3, clean(1, 30, 29, 28, 2))).action == "escalate"
    six = design.decide_followed(FollowUp(3, clean(1, 27, 9, 8, 7, 6, 5)))
    assert (six.action, six.why) == ("suspend", "wait_six")
    # The table waits for all six, whatever follows: the last has 23 days left.
    assert six.arithmetic[-1] == "wait 23 more days, or until an outcome comes before"
    toxic = (*clean(1, 40, 40, 40), *(Followed(2, 9, dlt=9) for _ in range(2)))
    down = design.decide_followed(FollowUp(3, toxic))
    assert (down.action, down.dose, down.closed) == ("de-escalate", 1, (2, 3))


def test_a_late_dlt_below_takes_rolling_six_down() -> None:
    """Two DLTs at dose 2 while dose 3 is enrolling: dose 2 is closed, dose 1 is filled."""
    people = (
        *clean(1, 90, 90, 90),
        *clean(2, 60, 60, 60),
        Followed(2, 20, dlt=20),
        Followed(2, 20, dlt=20),
        *clean(3, 5),
    )
    found = RollingSixInTime(RollingSix(3), 28).decide_followed(FollowUp(3, people))
    assert (found.dose, found.closed) == (1, (2, 3))


def test_five_clean_is_a_setting_of_the_parent() -> None:
    people = FollowUp(2, clean(1, 30, 30, 30, 30, 30, 5))
    assert RollingSixInTime(RollingSix(2), 28).decide_followed(people).action == "suspend"
    bold = RollingSix(2, five_clean="escalate")
    assert RollingSixInTime(bold, 28).decide_followed(people).action == "escalate"


def test_adaptive_weights() -> None:
    """Two DLTs on days 10 and 20 of 30: thirds of information between them."""
    days = np.array([10.0, 20.0])
    for day, weight in ((0, 0), (5, 1 / 6), (10, 1 / 3), (15, 0.5), (25, 5 / 6)):
        assert find_adaptive_weight(day, 30, days, 2) == pytest.approx(weight)
    assert find_adaptive_weight(12, 30, days, 0) == pytest.approx(0.4)


def test_tite_crm_holds_back() -> None:
    crm = CRM(target=0.3, skeleton=(0.05, 0.1, 0.3), cohort_size=1, cohorts=9, coherent=False)
    design = TITECRM(crm, 28, FREE)
    assert design.decide_followed(FollowUp(3, clean(1, 14))).why == "one_level"
    careful = TITECRM(crm, 28, Suspension(None, None, 0.75))
    assert careful.decide_followed(FollowUp(3, clean(1, 14))).why == "wait_follow_up"
    share = TITECRM(crm, 28, Suspension(0.5, None, None))
    assert share.decide_followed(FollowUp(3, clean(1, 14))).why == "wait_share"
    done = design.decide_followed(FollowUp(3, clean(1, *[30.0] * 9)))
    assert (done.action, done.why) == ("stop", "planned")
    with pytest.raises(DesignError, match="one parameter and plugs its mean in"):
        TITECRM(CRM(target=0.3, skeleton=(0.1, 0.3), estimate="posterior mean"), 28, FREE)
    with pytest.raises(DesignError, match="weights is 'equal'"):
        TITECRM(crm, 28, FREE, weights="equal")  # type: ignore[arg-type]


def test_beta_tail_against_scipy() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        a, b, x = rng.uniform(1, 40), rng.uniform(1, 40), rng.uniform(0.01, 0.99)
        assert find_beta_above(a, b, x) == pytest.approx(beta.sf(x, a, b), abs=1e-13)
    assert (find_beta_above(2, 3, 0), find_beta_above(2, 3, 1)) == (1, 0)


def test_expected_utility_by_enumeration() -> None:
    """Every way in which pending outcomes may end, weighed by its probability."""
    design = TITEBOIN12(BOIN12(2, utilities_of=(100, 30, 55, 0)), 30, 60, FREE)
    people = (
        Followed(1, 90, dlt=10, response=40),
        Followed(1, 90, response=30),
        Followed(1, 20),
        Followed(1, 20, response=15),
        Followed(1, 45),
    )
    found = design.expected(FollowUp(2, people))[0]
    # DLTs 1 of 3 + 2 · 2/3, responses 3 of 3 + 1/3 + 3/4.
    tox_rate, eff_rate = 1 / (3 + 4 / 3), 3 / (3 + 1 / 3 + 3 / 4)
    assert found[3] == pytest.approx(3 + 4 / 3)
    assert found[4] == pytest.approx(3 + 1 / 3 + 3 / 4)
    worth = {(0, 1): 100, (0, 0): 30, (1, 1): 55, (1, 0): 0}
    total = 0.0
    for one in people:
        chances = []
        for seen, over, rate, share in (
            (one.dlt, one.days >= 30, tox_rate, one.days / 30),
            (one.response, one.days >= 60, eff_rate, one.days / 60),
        ):
            still = rate * (1 - share) / (1 - rate * share)
            chances.append(1.0 if seen is not None else 0.0 if over else still)
        for tox, eff in itertools.product((0, 1), repeat=2):
            weight = chances[0] if tox else 1 - chances[0]
            weight *= chances[1] if eff else 1 - chances[1]
            total += weight * worth[tox, eff]
    assert found[5] == pytest.approx(total / 100)


def test_tite_boin12_waits_for_the_rarer_answer() -> None:
    design = TITEBOIN12(BOIN12(2), 30, 60, Suspension(0.5, None, None))
    found = design.decide_followed(FollowUp(2, clean(1, 40, 35, 31)))
    assert (found.action, found.arithmetic[0]) == (
        "suspend", "0 toxicity and 3 response pending at dose 1",
    )  # fmt: skip
    # Two of three responses must be known: the second is on day 60 in 25 days.
    assert found.arithmetic[-1] == "wait 25 more days, or until an outcome comes before"


BF = BFBOIN(BOIN(target=0.3, n_doses=3), 28)


def test_a_response_opens_a_dose_and_those_above() -> None:
    n, sizes, none = np.array([3, 3, 3]), np.full(3, 3.0), np.zeros(3)
    first, second = np.array([1, 0, 0]), np.array([0, 1, 0])

    def opened(responses: np.ndarray, **change: int) -> int:
        settings = {"cap": 12, "exact": 0, "order": 0} | change
        return find_backfill_dose(
            none, sizes, n, responses, 2, 3, settings["cap"], settings["exact"],
            settings["order"], 0.3, 0.359,
        )  # fmt: skip

    assert opened(first) == 1
    assert opened(first, order=1) == 0
    assert opened(first, exact=1) == 0
    assert opened(second, order=1) == 1
    assert opened(np.zeros(3, dtype=int)) == -1
    assert opened(first, cap=3) == -1


def test_a_toxic_dose_shuts_those_above() -> None:
    """2 of 3 at dose 1, and 2 of 6 with dose 2: below the limit, open. 3 of 6: both are shut."""
    n, sizes, seen = np.array([3, 3, 3]), np.full(3, 3.0), np.array([1, 1, 0])
    arguments = (seen, 2, 3, 12, 0, 0, 0.0, 0.359)
    assert find_backfill_dose(np.array([2.0, 0, 0]), sizes, n, *arguments) == 1
    assert find_backfill_dose(np.array([2.0, 1, 0]), sizes, n, *arguments) == -1
    # The current dose is pooled with the one below it.
    assert find_backfill_dose(np.array([0.0, 2, 1]), sizes, n, *arguments) == 0


def test_random_order_is_fair() -> None:
    n, sizes, none, seen = np.full(4, 3), np.full(4, 3.0), np.zeros(4), np.array([1, 0, 0, 0])
    chosen = [
        find_backfill_dose(none, sizes, n, seen, 3, 4, 12, 0, 2, (k + 0.5) / 900, 0.359)
        for k in range(900)
    ]
    assert np.bincount(chosen).tolist() == [300, 300, 300]


@pytest.mark.parametrize(
    ("lower", "here", "dose", "why"),
    [
        ((3, 12), (0, 3), 3, "pooled_up"),  # 3 of 12 says stay, 3 of 15 together: up
        ((3, 9), (0, 3), 2, "pooled_stay"),  # 3 of 12 is between the limits
        ((4, 9), (2, 3), 1, "pooled_down"),  # 6 of 12: dose 1 alone is 4 of 9, above: lowest
        ((0, 9), (2, 3), 1, "de_escalate"),  # no conflict
        ((0, 9), (0, 3), 3, "escalate"),
    ],
)
def test_conflicts_are_pooled(
    lower: tuple[int, int], here: tuple[int, int], dose: int, why: str
) -> None:
    tox, n = lower
    below = [Followed(1, 60, dlt=5 if k < tox else None, backfilled=k >= 3) for k in range(n)]
    cohort = [Followed(2, 60, dlt=5 if k < here[0] else None) for k in range(here[1])]
    found = BF.decide_followed(FollowUp(3, (*below, *cohort)))
    assert (found.dose, found.why) == (dose, why)


def test_bf_boin_waits_for_its_cohort_and_be_boin_need_not() -> None:
    people = (*clean(1, 90, 90, 90), *clean(2, 30, 29, 10))
    found = BF.decide_followed(FollowUp(3, people))
    assert (found.why, found.arithmetic[-1]) == (
        "wait_cohort", "wait 18 more days, or until an outcome comes before",
    )  # fmt: skip
    early = BEBOIN(BF.parent, 28, Suspension(0.49, None, 0.25, unless_toxic=True))
    assert early.decide_followed(FollowUp(3, people)).action == "escalate"


def test_only_the_escalation_ends_the_trial() -> None:
    short = BFBOIN(BOIN(target=0.3, n_doses=3, cohorts=2), 28, cap=6)
    extra = (*clean(1, 60, 60, 60), *clean(1, 60, 60, 60, extra=True))
    assert short.decide_followed(FollowUp(3, extra)).action == "escalate"
    assert short.decide_followed(FollowUp(3, (*extra, *clean(2, 60, 60, 60)))).why == "planned"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cap": 0}, "up to 0 participants"),
        ({"cap": 31}, "up to 31 participants and the escalation has 30"),
        ({"order": "oldest"}, "order is 'oldest'"),
        ({"response_at": "moon"}, "response_at is 'moon'"),
        ({"window": 0}, "The window is 0 days"),
    ],
)
def test_bad_backfill_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(DesignError, match=words):
        BFBOIN(**({"parent": BF.parent, "window": 28} | change))  # type: ignore[arg-type]
