"""BLRM: interval probabilities, overdose control, declaring an MTD, words."""

import numpy as np
import pytest
from scipy.special import expit

from protocyte.design import Outcomes, Scenario, States, find_characteristics
from protocyte.design.model_based.blrm import BLRM
from protocyte.design.model_based.plane import BivariateNormal
from protocyte.errors import DesignError

VAGUE = BivariateNormal((float(np.log(3 / 7)), 0.0), (1.0, 1.0))
LINKED = BivariateNormal((-0.85, 1.0), (1.0, 1.0), -0.5)
DOSES = (1.0, 2.0, 4.0, 8.0, 16.0)


def _blrm(**settings: object) -> BLRM:
    return BLRM(**({"doses": DOSES, "reference": 16, "prior": VAGUE} | settings))  # type: ignore[arg-type]


def _states(text: str) -> States:
    return Outcomes.from_notation(text, n_doses=5).states(("n", "tox"))


def _decide(design: BLRM, text: str) -> tuple[str, int | None, str]:
    decision = design.decide(Outcomes.from_notation(text, n_doses=design.n_doses))
    return decision.action, decision.dose, decision.why


@pytest.mark.parametrize("prior", [VAGUE, LINKED], ids=["independent", "correlated"])
@pytest.mark.parametrize("text", ["1NNN", "1NNN 2NTN 3NTT", "1TTT", "1NNN 2NNN 3NNN 4NNN 5NNN"])
def test_intervals_equal_a_plain_sum_over_a_fine_grid(prior: BivariateNormal, text: str) -> None:
    """The plain sum cuts cells at the limits, so that it is good for three digits only."""
    design, states = _blrm(prior=prior), _states(text)
    (a0, b0), (sa, sb), r = prior.mean, prior.sd, prior.correlation
    a = np.linspace(a0 - 7 * sa, a0 + 7 * sa, 1401)
    b = np.linspace(b0 - 6 * sb, b0 + 6 * sb, 1201)
    za, zb = np.meshgrid((a - a0) / sa, (b - b0) / sb, indexing="ij")
    log = -(za**2 - 2 * r * za * zb + zb**2) / (2 * (1 - r**2))
    curves = [a[:, None] + np.exp(b) * np.log(dose / 16) for dose in DOSES]
    for z, (n, y) in zip(curves, states.counts[0].tolist(), strict=True):
        log = log - y * np.logaddexp(0, -z) - (n - y) * np.logaddexp(0, z)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    tox = [expit(z) for z in curves]
    under, on, over = design.intervals(states)[0]
    assert design.means(states)[0] == pytest.approx([(weight * p).sum() for p in tox], abs=1e-6)
    assert under == pytest.approx([weight[p < 0.2].sum() for p in tox], abs=2e-3)
    assert over == pytest.approx([weight[p >= 0.35].sum() for p in tox], abs=2e-3)
    assert under + on + over == pytest.approx(1, abs=2e-10)


@pytest.mark.parametrize("prior", [VAGUE, LINKED], ids=["independent", "correlated"])
@pytest.mark.parametrize("cohorts", [2, 10, 30])
def test_denser_nodes_change_nothing_that_decides(prior: BivariateNormal, cohorts: int) -> None:
    rng, planned = np.random.default_rng(20264), 3 * cohorts
    n = 3 * rng.multinomial(cohorts, np.full(5, 0.2), size=40)
    counts = np.stack([n, rng.binomial(n, rng.random((40, 1)))], axis=2).astype(np.int16)
    design = _blrm(prior=prior, cohorts=cohorts)
    assert design.planned == planned
    usual, dense = design._plane(1.4), design._plane(3.5)
    assert np.abs(usual.tails(counts) - dense.tails(counts)).max() < 2e-6
    assert np.abs(usual.means(counts) - dense.means(counts)).max() < 1e-7


@pytest.mark.parametrize(
    ("text", "action", "dose", "why"),
    [
        ("", "start", 1, "start"),
        ("1NNN", "escalate", 2, "in_target"),
        ("1NNN 2NNN 3NNN", "escalate", 4, "in_target"),
        ("1TTT", "stop", None, "inadmissible"),
        ("1NNN 2NNN 3TTT", "de-escalate", 2, "in_target"),
        ("1NNN 2NNN 3NTT", "stay", 3, "in_target"),
        ("1NNN 2TTT", "stop", None, "inadmissible"),
    ],
)
def test_moves(text: str, action: str, dose: int | None, why: str) -> None:
    assert _decide(_blrm(), text) == (action, dose, why)


def test_doses_that_are_not_safe_enough_are_closed() -> None:
    design, outcomes = _blrm(), Outcomes.from_notation("1NNN 2NTN 3NTT", n_doses=5)
    decision = design.decide(outcomes)
    assert decision.closed == (3, 4, 5)
    assert decision.dose == 2
    over = design.intervals(outcomes.states(("n", "tox")))[0, 2]
    assert over[1] < 0.25 < over[2]


def test_the_limit_itself_is_a_convention() -> None:
    states = _states("1NNN 2NTN")
    over = float(_blrm().intervals(states)[0, 2, 2])
    over = float(_blrm(overdose_limit=over).intervals(states)[0, 2, 2])
    assert _blrm(overdose_limit=over).closed_states(states)[0].tolist()[2]
    assert not _blrm(overdose_limit=over, at_the_limit="safe").closed_states(states)[0].tolist()[2]


def test_reach_is_a_setting() -> None:
    calm = "1NNN"
    assert _decide(_blrm(), calm)[1] == 2
    assert _decide(_blrm(one_level_up=False), calm)[1] == 4
    assert _decide(_blrm(one_level_up=False, largest_increase=3.0), calm)[1] == 3
    # Doubling reaches the next dose exactly.
    assert _decide(_blrm(largest_increase=1.0), calm)[1] == 2
    assert _decide(_blrm(largest_increase=0.99), calm)[1] == 1


def test_what_was_tried_may_be_given_again() -> None:
    """The highest dose tried, not the last, limits the next."""
    assert _decide(_blrm(), "1NNN 2NNN 3NNN 1NNN") == ("escalate", 4, "in_target")


def test_the_highest_dose_is_given_where_none_is_likely_on_target() -> None:
    narrow = BivariateNormal((-4.0, 0.0), (0.1, 0.1))
    assert (_blrm(prior=narrow).intervals(_states("1NNN"))[0, 1] < 1e-6).all()
    # All are equally unlikely to ten decimals: the lower is given, or the highest within reach.
    assert _decide(_blrm(prior=narrow), "1NNN")[1] == 1
    assert _decide(_blrm(prior=narrow, negligible=0.05), "1NNN")[1] == 2
    assert _decide(_blrm(prior=narrow, negligible=0.05, one_level_up=False), "1NNN")[1] == 5
    assert _decide(_blrm(negligible=0.05), "1NNN 2NNN 3NTT")[1] == 3


def test_an_mtd_is_declared_on_conditions() -> None:
    text = "1NNN 2NNN 3NTN 3NTT"
    outcomes = Outcomes.from_notation(text, n_doses=5)
    on = float(_blrm().intervals(outcomes.states(("n", "tox")))[0, 1, 2])
    assert _blrm().select(outcomes).dose == 3
    assert _blrm(least_at_mtd=6).select(outcomes).dose == 3
    assert _blrm(least_at_mtd=7).select(outcomes).dose is None
    assert _blrm(least_on_target=on - 0.01).select(outcomes).dose == 3
    assert _blrm(least_on_target=on + 0.01).select(outcomes).dose is None
    assert _decide(_blrm(least_at_mtd=6, stop_when_declared=True), text)[2] == "found"
    assert _decide(_blrm(least_at_mtd=7, stop_when_declared=True), text)[2] == "in_target"
    assert "an MTD has at least 6 participants" in _blrm(least_at_mtd=6).explain_selection(outcomes)


def test_the_last_cohort_is_decided_on_as_well() -> None:
    design = _blrm(cohorts=2)
    assert _decide(design, "1NNN 2NNN") == ("stop", None, "planned")
    assert _decide(design, "1NTT 1NTT") == ("stop", None, "inadmissible")
    assert design.select(Outcomes.from_notation("1NTT 1NTT", n_doses=5)).dose is None


def test_arithmetic_shows_every_dose() -> None:
    decision = _blrm().decide(Outcomes.from_notation("1NNN 2NTN 3NTT", n_doses=5))
    assert decision.arithmetic[0] == (
        "safe enough: P(DLT probability ≥ 0.35) < 0.25; on target: from 0.2 to below 0.35"
    )
    assert decision.arithmetic[1] == "highest dose tried: 3; next dose: at most one level above it"
    # Stan's draws gave .4035 and .1767 at dose 2, with errors of .003.
    assert decision.arithmetic[4].startswith("dose 2: 1 DLT in 3, mean DLT probability 0.2370")
    assert decision.arithmetic[4].endswith("safe enough")
    assert decision.arithmetic[7].endswith("too toxic")


def test_one_walk_with_a_correlated_prior() -> None:
    design = BLRM((1.0, 2.5, 5.0), 2.5, LINKED, cohorts=4, least_at_mtd=3)
    found = find_characteristics(design, [Scenario((0.1, 0.3, 0.5))])
    assert found.selection[0].sum() + found.none[0] == pytest.approx(1, abs=1e-12)
    assert set(found.stopping) == {"planned", "inadmissible"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"doses": ()}, "There are no doses"),
        ({"doses": (2.0, 1.0)}, "The doses are (2.0, 1.0)"),
        ({"doses": (0.0, 1.0)}, "The doses are (0.0, 1.0)"),
        ({"doses": (1.0, float("nan"))}, "The doses are (1.0, nan)"),
        ({"reference": 0.0}, "The reference dose is 0.0"),
        ({"target_interval": (0.35, 0.2)}, "The target interval is 0.35 to 0.2"),
        ({"target_interval": (float("nan"), 0.2)}, "The target interval is nan to 0.2"),
        ({"overdose_limit": 0.0}, "overdose_limit is 0.0"),
        ({"at_the_limit": "<"}, "at_the_limit is '<'"),
        ({"largest_increase": -1.0}, "largest_increase is -1.0"),
        ({"negligible": 1.0}, "negligible is 1.0"),
        ({"least_on_target": float("nan")}, "least_on_target is nan"),
        ({"least_at_mtd": 0}, "least_at_mtd is 0"),
        ({"stop_when_declared": True}, "The trial would stop as soon as an MTD can be declared"),
        ({"cohorts": 0}, "0 cohorts of 3 make no trial"),
        ({"start_dose": 0}, "The trial starts at dose level 0 of 5"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        _blrm(**settings)
    assert str(refused.value).startswith(message)
