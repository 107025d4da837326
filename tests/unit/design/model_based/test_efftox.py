"""EffTox: contour, posterior, acceptable doses, words."""

import math

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from protocyte.design import Outcomes, Scenario, States
from protocyte.design.model_based.efftox import EffTox
from protocyte.design.model_based.efftox_fit import PARAMETERS, EffToxPrior, find_efftox_model
from protocyte.design.model_based.tradeoff import TradeOff
from protocyte.design.state import Integers
from protocyte.errors import DesignError

PRIOR = EffToxPrior(
    (-7.9593, 3.5487), (1.5482, 3.5018), (0.7367, 2.5423), (3.4181, 2.4406), (0.0, 0.2), (0.0, 1.0)
)
DOSES = (1.0, 2.0, 4.0, 7.0, 10.0)
CONTOUR = TradeOff(0.5, (0.7, 0.25), 0.65)


def _efftox(**settings: object) -> EffTox:
    usual = {
        "doses": DOSES,
        "prior": PRIOR,
        "trade_off": CONTOUR,
        "toxicity_limit": 0.3,
        "efficacy_floor": 0.5,
    }
    return EffTox(**(usual | settings))  # type: ignore[arg-type]


def _random_cells(trials: int, seed: int) -> Integers:
    """Trials of up to twelve cohorts with linked events, contradictory ones among them."""
    rng = np.random.default_rng(seed)
    cells = np.zeros((trials, 5, 4), dtype=np.int64)
    for k in range(trials):
        tox = np.sort(rng.random(5)) * rng.choice([0.3, 0.6, 1.0])
        eff, link, dose = np.sort(rng.random(5)), rng.choice([0, 1, 2]), 0
        for _ in range(rng.integers(1, 13)):
            for _ in range(3):
                u, v = rng.random(2)
                v = (v, u, 1 - u)[link]
                cells[k, dose, 2 * (u < tox[dose]) + (v < eff[dose])] += 1
            dose = int(np.clip(dose + rng.integers(-1, 2), 0, 4))
    return cells


def test_the_contour_passes_through_its_points() -> None:
    assert CONTOUR.utility(np.array([0.5, 0.7, 1.0]), np.array([0.0, 0.25, 0.65])) == pytest.approx(
        0, abs=1e-14
    )
    assert CONTOUR.utility(np.array([1.0]), np.array([0.0]))[0] == 1
    # On a straight line the power is 1: half of the response for half of the toxicity.
    assert TradeOff(0.4, (0.7, 0.3), 0.6).power == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize(
    "points",
    [
        (0.5, (0.4, 0.25), 0.65),
        (0.5, (0.7, 0.7), 0.65),
        (0.5, (1.0, 0.25), 0.65),
        (float("nan"), (0.7, 0.25), 0.65),
        (0.5, (0.7, 0.25), 1.2),
    ],
)
def test_points_that_make_no_contour_are_refused(points: tuple[float, ...]) -> None:
    with pytest.raises(DesignError, match="the middle point must lie between"):
        TradeOff(*points)  # type: ignore[arg-type]
    with pytest.raises(DesignError, match="hardly different from the ends"):
        TradeOff(0.5, (0.5001, 0.6499), 0.65)


def test_denser_lattices_change_little() -> None:
    """Twice as dense: four digits of means and tails stay."""
    cells = _random_cells(24, 20265)
    usual = find_efftox_model(PRIOR, DOSES).fit(cells, toxicity_limit=0.3, efficacy_floor=0.5)
    dense = find_efftox_model(PRIOR, DOSES, 1.7).fit(cells, toxicity_limit=0.3, efficacy_floor=0.5)
    for name, most in (("tox", 1e-4), ("eff", 1e-4), ("tolerable", 2e-4), ("effective", 5e-4)):
        assert np.abs(getattr(usual, name) - getattr(dense, name)).max() < most


def test_before_anybody_the_posterior_is_the_prior() -> None:
    found = find_efftox_model(PRIOR, DOSES).fit(
        np.zeros((1, 5, 4), dtype=int), toxicity_limit=0.3, efficacy_floor=0.5
    )
    x = np.log(DOSES) - np.log(DOSES).mean()
    mean = -7.9593 + 1.5482 * x
    sd = np.hypot(3.5487, 3.5018 * x)
    assert found.tolerable[0] == pytest.approx(norm.cdf((math.log(3 / 7) - mean) / sd), abs=2e-4)
    mean = 0.7367 + 3.4181 * x
    sd = np.sqrt(2.5423**2 + (2.4406 * x) ** 2 + (0.2 * x**2) ** 2)
    assert found.effective[0] == pytest.approx(norm.sf(-mean / sd), abs=2e-4)
    grid = np.linspace(-9, 9, 20_001)
    weight = norm.pdf(grid) / norm.pdf(grid).sum()
    averaged = [weight @ expit(m + s * grid) for m, s in zip(mean, sd, strict=True)]
    assert found.eff[0] == pytest.approx(averaged, abs=2e-4)


def test_two_separate_regressions_if_there_is_no_association() -> None:
    """Toxicity alone, summed plainly over a fine grid."""
    separate = EffToxPrior((-1.0, 1.5), (1.0, 1.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.2), (0.0, 0.01))
    cells = np.array([[[2, 1, 0, 0], [1, 1, 0, 1], [0, 0, 2, 1]]])
    found = find_efftox_model(separate, (1.0, 2.0, 4.0)).fit(
        cells, toxicity_limit=0.3, efficacy_floor=0.5
    )
    a, b = np.meshgrid(np.linspace(-10, 8, 3001), np.linspace(-5, 7, 601), indexing="ij")
    log = -0.5 * (((a + 1) / 1.5) ** 2 + (b - 1) ** 2)
    x = np.log([1.0, 2.0, 4.0]) - math.log(2)
    for place, tox in zip(x, (0, 1, 3), strict=True):
        log = log + tox * (a + b * place) - 3 * np.logaddexp(0, a + b * place)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    p = [expit(a + b * place) for place in x]
    assert found.tox[0] == pytest.approx([(weight * q).sum() for q in p], abs=1e-4)
    assert found.tolerable[0] == pytest.approx([weight[q < 0.3].sum() for q in p], abs=2e-3)


def test_the_association_is_averaged_exactly_for_single_participants() -> None:
    """One participant with both events: the factor's mean is 1, for the prior has no direction."""
    model, cells = find_efftox_model(PRIOR, DOSES), np.zeros((2, 5, 4), dtype=int)
    cells[0, 2, 3], cells[1, 2] = 1, [0, 1, 1, 0]
    free = EffToxPrior(
        PRIOR.tox_intercept, PRIOR.tox_slope, PRIOR.eff_intercept, PRIOR.eff_slope,
        PRIOR.eff_curvature, (0.0, 0.01),
    )  # fmt: skip
    linked = model.fit(cells, toxicity_limit=0.3, efficacy_floor=0.5)
    single = find_efftox_model(free, DOSES).fit(cells, toxicity_limit=0.3, efficacy_floor=0.5)
    assert linked.tox[0] == pytest.approx(single.tox[0], abs=1e-6)
    # Two participants with one event each say that the two repel each other.
    assert np.abs(linked.tox[1] - single.tox[1]).max() > 1e-4


def test_importance_sampling_agrees() -> None:
    """Draws from the prior, weighted by the likelihood cell by cell: within four errors."""
    rng, draws = np.random.default_rng(20266), 400_000
    prior = EffToxPrior((-1.0, 1.0), (1.0, 1.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.2), (1.5, 1.0))
    cells = np.array([[[1, 1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 2]]])
    x = np.log([1.0, 2.0, 4.0]) - math.log(2)
    pairs = [getattr(prior, name) for name in PARAMETERS]
    values = [rng.normal(pair[0], pair[1], size=draws)[:, np.newaxis] for pair in pairs]
    tox, eff = expit(values[0] + values[1] * x), expit(values[2] + values[3] * x + values[4] * x**2)
    bent = np.tanh(values[5] / 2) * tox * (1 - tox) * eff * (1 - eff)
    chances = [
        (1 - eff) * (1 - tox) + bent, eff * (1 - tox) - bent, (1 - eff) * tox - bent,
        eff * tox + bent,
    ]  # fmt: skip
    weight = np.prod([p ** cells[0, :, c] for c, p in enumerate(chances)], axis=(0, 2))
    weight /= weight.sum()
    found = find_efftox_model(prior, (1.0, 2.0, 4.0)).fit(
        cells, toxicity_limit=0.3, efficacy_floor=0.5
    )
    for values_at, mean in (
        (tox, found.tox[0]), (eff, found.eff[0]), (tox < 0.3, found.tolerable[0]),
        (eff > 0.5, found.effective[0]),
    ):  # fmt: skip
        sampled = weight @ values_at
        error = np.sqrt(weight**2 @ (values_at - sampled) ** 2)
        assert (np.abs(mean - sampled) < 4 * error).all()
        assert (error < 3e-3).all()


def _decide(design: EffTox, text: str) -> tuple[str, int | None, str]:
    decision = design.decide(Outcomes.from_notation(text, n_doses=design.n_doses))
    return decision.action, decision.dose, decision.why


@pytest.mark.parametrize(
    ("text", "action", "dose", "why"),
    [
        ("", "start", 1, "start"),
        ("1NNN", "escalate", 2, "best"),
        ("1TTT 1TTT", "stop", None, "inadmissible"),
        ("1EEE 2EEE 3TTB", "de-escalate", 1, "best"),
    ],
)
def test_moves(text: str, action: str, dose: int | None, why: str) -> None:
    assert _decide(_efftox(), text) == (action, dose, why)


def test_reach_is_a_setting() -> None:
    assert _decide(_efftox(start_dose=3), "3EEE")[1] in {2, 3, 4}
    assert _decide(_efftox(), "1NNN")[1] == 2
    assert _decide(_efftox(reach="any"), "1NNN")[1] == 5


def test_the_last_cohort_ends_the_trial() -> None:
    design = _efftox(cohorts=2)
    assert _decide(design, "1NNN 2NEE") == ("stop", None, "planned")
    assert design.select(Outcomes.from_notation("1NNN 2NEE", n_doses=5)).dose == 3
    assert _decide(design, "1TTT 1TTT")[2] == "inadmissible"


def test_arithmetic_shows_every_dose() -> None:
    decision = _efftox().decide(Outcomes.from_notation("1NNE 2EEB", n_doses=5))
    assert decision.arithmetic[0] == (
        "acceptable: P(DLT probability < 0.3) > 0.1 and P(response probability > 0.5) > 0.1"
    )
    assert decision.arithmetic[3].startswith("dose 2: 1 DLT, 3 responses in 3; mean DLT")
    assert decision.arithmetic[5].endswith("acceptable, out of reach")


def test_the_truth_has_a_best_dose() -> None:
    design = _efftox()
    tox, eff = (0.05, 0.1, 0.15, 0.28, 0.5), (0.2, 0.4, 0.6, 0.8, 0.9)
    assert design.best_dose(Scenario(tox, eff)) == 3
    assert design.best_dose(Scenario(tox, (0.1, 0.2, 0.3, 0.4, 0.5))) == -1
    assert design.best_dose(Scenario(tox)) is None
    utilities = design.utilities(Scenario(tox, eff))
    assert utilities is not None
    assert utilities.argmax() == 3


def test_equal_counts_are_fitted_alike_in_any_company() -> None:
    cells = _random_cells(40, 7)
    counts = np.stack(
        [cells.sum(2), cells[:, :, 2:].sum(2), cells[:, :, 1] + cells[:, :, 3], cells[:, :, 3]],
        axis=2,
    )
    design, nowhere = _efftox(), np.zeros(40, dtype=int)
    together = design.select_states(States(design.features, counts, nowhere))
    alone = [
        int(design.select_states(States(design.features, counts[k : k + 1], nowhere[:1]))[0])
        for k in range(40)
    ]
    assert together.tolist() == alone


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"doses": ()}, "There are no doses"),
        ({"doses": (2.0, 1.0)}, "The doses are (2.0, 1.0)"),
        ({"doses": (float("nan"),)}, "The doses are (nan,)"),
        ({"toxicity_limit": 0.0}, "toxicity_limit is 0.0"),
        ({"efficacy_floor": float("nan")}, "efficacy_floor is nan"),
        ({"toxicity_certainty": 1.0}, "toxicity_certainty is 1.0"),
        ({"efficacy_certainty": -0.1}, "efficacy_certainty is -0.1"),
        ({"reach": "far"}, "reach is 'far'"),
        ({"cohort_size": 0}, "12 cohorts of 0 make no trial"),
        ({"start_dose": 6}, "The trial starts at dose level 6 of 5"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        _efftox(**settings)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("pair", [(0.0, 0.0), (float("nan"), 1.0), (100.0, 1.0)])
def test_bad_priors_are_refused(pair: tuple[float, float]) -> None:
    with pytest.raises(DesignError, match="The prior of tox_slope is"):
        EffToxPrior((0.0, 1.0), pair, (0.0, 1.0), (1.0, 1.0), (0.0, 0.2))


def test_a_prior_is_a_mean_and_a_deviation() -> None:
    with pytest.raises(DesignError, match=r"tox_slope is \(0.0,\); give a tuple of 2 values"):
        EffToxPrior((0.0, 1.0), (0.0,), (0.0, 1.0), (1.0, 1.0), (0.0, 0.2))  # type: ignore[arg-type]
