"""CRM: recommendations, caution, words."""

import itertools

import numpy as np
import pytest
from scipy.special import expit

from protocyte.design import Outcomes, Scenario, States, find_characteristics
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.plane import BivariateNormal
from protocyte.errors import DesignError

SKELETON = (0.1225, 0.2040, 0.3, 0.4018, 0.5013)
VAGUE = BivariateNormal((0.0, 0.0), (1.2, 0.8), 0.2)


def _crm(**settings: object) -> CRM:
    return CRM(**({"target": 0.3, "skeleton": SKELETON} | settings))  # type: ignore[arg-type]


def _decide(design: CRM, text: str) -> tuple[str, int | None, str]:
    decision = design.decide(Outcomes.from_notation(text, n_doses=design.n_doses))
    return decision.action, decision.dose, decision.why


@pytest.mark.parametrize(
    ("text", "action", "dose", "why"),
    [
        ("", "start", 1, "start"),
        ("1NNN", "escalate", 2, "one_level"),
        ("1NNN 2NNN 3NNN", "escalate", 4, "one_level"),
        ("1NNN 2NTN", "stay", 2, "coherent"),
        ("1NNN 2NNN 3NTT", "stay", 3, "nearest"),
        ("1NTT", "stay", 1, "nearest"),
        ("1TTT", "stay", 1, "nearest"),
        ("1NNN 2NNN 3TTT", "de-escalate", 2, "nearest"),
        ("1NNT 2NTT 3TTT", "de-escalate", 1, "nearest"),
    ],
)
def test_moves(text: str, action: str, dose: int | None, why: str) -> None:
    assert _decide(_crm(), text) == (action, dose, why)


def test_each_caution_is_a_setting() -> None:
    assert _decide(_crm(no_skipping=False), "1NNN") == ("escalate", 5, "nearest")
    assert _decide(_crm(coherent=False), "1NNN 2NTN") == ("escalate", 3, "nearest")
    assert not _crm(coherent=False).looks_at_last
    assert _crm().looks_at_last


def test_the_selected_dose_is_not_held_back() -> None:
    outcomes = Outcomes.from_notation("1NNN", n_doses=5)
    assert _crm().select(outcomes).dose == 5


def test_an_unknown_last_cohort_is_the_worst_that_it_can_be() -> None:
    """Two DLTs in nine at the dose: the last three may have had both."""
    known = Outcomes.from_notation("1NNN 2NNN 2TTN 2NNN", n_doses=5)
    counts = Outcomes.from_counts(known.n, known.tox, dose=2)
    design = _crm()
    assert design.decide(known).dose == 3
    assert design.decide(counts).why == "coherent"
    assert any("at worst" in line for line in design.explain(counts))


def test_the_last_cohort_is_compared_at_the_target_exactly() -> None:
    """3 DLTs in 10 are 0.3, though 0.3 times 10 is not 3 in floating point everywhere."""
    design = _crm(cohort_size=10, cohorts=3, no_skipping=False)
    assert design.decide(Outcomes.from_notation("1TTTNNNNNNN", n_doses=5)).dose == 1


def test_plug_in_and_posterior_mean_can_differ() -> None:
    outcomes = Outcomes.from_notation("1NNN 2NTN 3NTT", n_doses=5)
    states = outcomes.states(("n", "tox"))
    assert _crm().estimates(states)[0, :2].round(4).tolist() == [0.2185, 0.3161]
    mean = _crm(estimate="posterior mean")
    assert mean.estimates(states)[0, :2].round(4).tolist() == [0.2315, 0.3204]
    differing = [
        (n, y)
        for n in itertools.product((0, 3), (0, 3), (0, 3))
        for y in itertools.product(*(range(m + 1) for m in n))
        if sum(n) and (_crm().select(_counted(n, y)).dose != mean.select(_counted(n, y)).dose)
    ]
    assert differing


def _counted(n: tuple[int, ...], y: tuple[int, ...]) -> Outcomes:
    dose = max(j for j in range(3) if n[j]) + 1
    return Outcomes.from_counts((*n, 0, 0), (*y, 0, 0), dose=dose)


@pytest.mark.parametrize("by", ["plug-in", "posterior mean"])
def test_two_parameters_equal_a_plain_sum_over_a_fine_grid(by: str) -> None:
    design = _crm(model="two-parameter logistic", prior=VAGUE, estimate=by)
    outcomes = Outcomes.from_notation("1NNN 2NTN 3NTT 2NNT", n_doses=5)
    a, b = np.meshgrid(np.linspace(-9, 9, 901), np.linspace(-6, 6, 901), indexing="ij")
    za, zb, r = a / 1.2, b / 0.8, 0.2
    log = -(za**2 - 2 * r * za * zb + zb**2) / (2 * (1 - r**2))
    tox = []
    for level, (n, y) in enumerate(zip(outcomes.n, outcomes.tox, strict=True)):
        s = SKELETON[level]
        z = a + np.exp(b) * np.log(s / (1 - s))
        log = log - y * np.logaddexp(0, -z) - (n - y) * np.logaddexp(0, z)
        tox.append(expit(z))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    expected = [float((weight * p).sum()) for p in tox]
    if by == "plug-in":
        mean_a, mean_b = (weight * a).sum(), (weight * b).sum()
        labels = [np.log(s / (1 - s)) for s in SKELETON]
        expected = [expit(mean_a + np.exp(mean_b) * x) for x in labels]
    found = design.estimates(outcomes.states(("n", "tox")))[0]
    assert found == pytest.approx(expected, abs=1e-8)


def test_the_probability_of_exceeding_the_target_is_an_integral() -> None:
    design = _crm()
    lines = design.explain_selection(Outcomes.from_notation("1NNN 2NTN 3NTT", n_doses=5))
    beta = np.linspace(-12, 12, 240_001)
    log = -(beta**2) / (2 * 1.34)
    for s, n, y in zip(SKELETON, (3, 3, 3), (0, 1, 2), strict=False):
        p = s ** np.exp(beta)
        log += y * np.exp(beta) * np.log(s) + (n - y) * np.log(np.maximum(1 - p, 1e-300))
    weight = np.exp(log - log.max())
    over = [weight[s ** np.exp(beta) > 0.3].sum() / weight.sum() for s in SKELETON]
    assert [line.rsplit(" ", 1)[1] for line in lines] == [f"{p:.4f}" for p in over]
    assert lines[1].startswith(
        "dose 2: 1 DLT in 3, estimated DLT probability 0.3161 (+0.0161 from the target)"
    )


def test_near_ties_are_fitted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from protocyte.design.model_based import crm

    states = Outcomes.from_notation("1NNN 2NTN", n_doses=5).states(("n", "tox"))
    before = _crm().select_states(states).tolist()
    monkeypatch.setattr(crm, "NEAR", 10.0)
    assert _crm().select_states(states).tolist() == before
    fine = _crm()._estimator.estimates(states.counts, finely=True)
    assert fine == pytest.approx(_crm().estimates(states), abs=1e-11)
    assert (fine != _crm().estimates(states)).any()


def test_margins_measure_the_distance_from_a_tie() -> None:
    design = _crm()
    states = Outcomes.from_notation("1NNN 2NTN", n_doses=5).states(("n", "tox"))
    p = design.estimates(states)[0]
    assert design.margins(states)[0] == pytest.approx(min(abs(p[:-1] + p[1:] - 0.6)), abs=1e-15)
    one = CRM(target=0.3, skeleton=(0.3,))
    assert design.margins(states)[0] > 0
    assert np.isinf(one.margins(States(("n", "tox"), np.array([[[3, 1]]]), np.array([0])))[0])


def test_all_doses_too_low_or_too_high_end_at_the_edge() -> None:
    design = _crm(cohorts=60)
    for tox, dose in ((0, 5), (60, 1)):
        counts = np.zeros((1, 5, 2), dtype=np.int16)
        counts[0, :, 0], counts[0, :, 1] = 60, tox
        assert design.select_states(States(("n", "tox"), counts, np.array([-1])))[0] == dose - 1


def test_probabilities_under_two_parameters_are_coherent_with_one_walk() -> None:
    design = CRM(
        target=0.3,
        skeleton=(0.15, 0.3, 0.45),
        model="two-parameter logistic",
        prior=VAGUE,
        cohorts=4,
    )
    found = find_characteristics(design, [Scenario((0.1, 0.3, 0.5))])
    assert found.selection[0].sum() == pytest.approx(1, abs=1e-12)
    assert found.selection[0].argmax() == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": 0.0}, "The target DLT probability is 0.0"),
        ({"target": float("nan")}, "The target DLT probability is nan"),
        ({"skeleton": ()}, "The skeleton has no doses"),
        ({"skeleton": (0.3, 0.2)}, "The skeleton is (0.3, 0.2)"),
        ({"model": "probit"}, "The model is 'probit'"),
        ({"model": "two-parameter logistic"}, "The two-parameter logistic curve has no prior"),
        ({"prior": VAGUE}, "prior= is for two parameters and the model is 'empiric'"),
        ({"prior_sd": float("nan")}, "The standard deviation of the prior is nan"),
        ({"estimate": "median"}, "The estimate is 'median'"),
        ({"cohorts": 0}, "0 cohorts of 3 make no trial"),
        ({"start_dose": 6}, "The trial starts at dose level 6 of 5"),
        ({"model": "logistic", "intercept": -3.0}, "The logistic curve with intercept -3"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        _crm(**settings)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sd": (0.0, 1.0)}, "The prior has means (0.0, 0.0) and standard deviations (0.0, 1.0)"),
        ({"mean": (float("nan"), 0.0)}, "The prior's mean is (nan, 0.0)"),
        ({"mean": (0.0,)}, "mean is (0.0,); give a tuple of 2 values"),
        ({"correlation": 1.0}, "The correlation of the prior is 1.0"),
    ],
)
def test_bad_priors_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        BivariateNormal(**({"mean": (0.0, 0.0), "sd": (1.0, 1.0)} | settings))  # type: ignore[arg-type]
    assert str(refused.value).startswith(message)
