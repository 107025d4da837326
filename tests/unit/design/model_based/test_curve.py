"""One-parameter curves, skeletons, and the trapezoid rule that averages over them."""

import itertools
import math

import numpy as np
import pytest

from protocyte.design.model_based.curve import Curve
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.design.model_based.trapezoid import Trapezoid, find_trapezoid
from protocyte.errors import DesignError

SKELETON = (0.12, 0.2, 0.3, 0.4, 0.5)
KINDS = ("empiric", "logistic")
SD = math.sqrt(1.34)


def _curve(kind: str) -> Curve:
    return Curve(SKELETON, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_the_curve_passes_through_the_skeleton_and_falls_with_the_parameter(kind: str) -> None:
    curve = _curve(kind)
    assert curve.tox(np.zeros(1))[:, 0] == pytest.approx(SKELETON, abs=1e-15)
    tox = curve.tox(np.linspace(-3, 2, 50))
    assert (np.diff(tox, axis=1) < 0).all()
    assert (np.diff(tox, axis=0) >= 0).all()
    assert tox + np.exp(curve.log_no_tox(np.linspace(-3, 2, 50))) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_information_is_the_squared_slope_over_the_variance(kind: str) -> None:
    curve, at, step = _curve(kind), np.linspace(-1.5, 1.5, 7), 1e-6
    slope = (curve.tox(at + step) - curve.tox(at - step)) / (2 * step)
    tox = curve.tox(at)
    assert curve.information(at) == pytest.approx(slope**2 / (tox * (1 - tox)), rel=1e-7)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("participants", [1, 12, 30, 90])
def test_four_times_as_many_nodes_change_nothing(kind: str, participants: int) -> None:
    curve, rng = _curve(kind), np.random.default_rng(20263)
    n = rng.multinomial(participants, np.full(5, 0.2), size=200)
    counts = np.stack([n, rng.binomial(n, rng.random((200, 1)))], axis=2).astype(np.int16)
    usual = find_trapezoid(curve, SD, participants)
    finer = find_trapezoid(curve, SD, participants, 6.0)
    for of in ("parameter", "tox"):
        found, exact = usual.means(counts, of=of), finer.means(counts, of=of)
        assert np.abs(found - exact).max() < 2e-11


def test_contradictory_data_are_fitted_as_precisely() -> None:
    """Everybody toxic at the lowest dose, nobody at the highest: no curve is like it."""
    counts = np.array([[[15, 15], [0, 0], [0, 0], [0, 0], [15, 0]], [[30, 30]] + [[0, 0]] * 4])
    for kind in KINDS:
        usual = find_trapezoid(_curve(kind), SD, 30).means(counts.astype(np.int16), of="tox")
        finer = find_trapezoid(_curve(kind), SD, 30, 8.0).means(counts.astype(np.int16), of="tox")
        assert usual == pytest.approx(finer, abs=1e-11)


def test_before_anybody_the_posterior_is_the_prior() -> None:
    found = find_trapezoid(_curve("empiric"), SD, 30).means(
        np.zeros((1, 5, 2), int), of="parameter"
    )
    assert found[0] == pytest.approx([0, 1.34], abs=1e-12)


def test_more_participants_than_are_tabled_go_by_logarithms() -> None:
    rule = find_trapezoid(_curve("empiric"), SD, 120)
    assert rule.power_tox.shape[1] == 65
    many = np.array([[[65, 20], [0, 0], [0, 0], [0, 0], [0, 0]]], dtype=np.int16)
    split = np.array([0] * 65), np.arange(65) < 20, np.ones(65)
    means = rule.means(many, of="tox")[0]
    assert means == pytest.approx(rule.weighted_means(*split, of="tox"), abs=1e-13)


def test_faint_likelihoods_go_by_logarithms() -> None:
    """The compiled product of 3,000 participants is too small for a float; the answer is not."""
    curve = Curve((0.3,))
    rule = find_trapezoid(curve, SD, 64)
    counts = np.array([[[64, 32]]], dtype=np.int16)
    tiny = rule.prior * 1e-300
    faint = Trapezoid(
        curve, rule.nodes, tiny, rule.log_tox, rule.log_no_tox, rule.power_tox, rule.power_no_tox
    )
    assert faint.means(counts, of="tox") == pytest.approx(rule.means(counts, of="tox"), abs=1e-12)


@pytest.mark.parametrize("of", ["parameter", "tox"])
def test_whole_weights_are_counts(of: str) -> None:
    rule = find_trapezoid(_curve("logistic"), SD, 130)
    levels = np.repeat([0, 1, 2], [40, 50, 40])
    tox = np.arange(130) % 7 == 0
    n, y = np.bincount(levels, minlength=5), np.bincount(levels, tox, minlength=5).astype(int)
    counts = np.stack([n, y], axis=1)[np.newaxis].astype(np.int16)
    weighted = rule.weighted_means(levels, tox, np.ones(130), of=of)  # type: ignore[arg-type]
    assert weighted == pytest.approx(rule.means(counts, of=of)[0], abs=1e-12)  # type: ignore[arg-type]


def test_a_participant_without_weight_tells_nothing() -> None:
    rule = find_trapezoid(_curve("empiric"), SD, 30)
    found = rule.weighted_means(
        np.array([3, 3]), np.array([False, False]), np.zeros(2), of="parameter"
    )
    assert found == pytest.approx([0, 1.34], abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_keeps_its_interval(kind: str) -> None:
    """Where two neighbours are equally near the target, both are the half-width away."""
    skeleton = find_skeleton(0.05, target=0.3, prior_mtd=3, n_doses=5, curve=kind)  # type: ignore[arg-type]
    curve = Curve(skeleton, kind)  # type: ignore[arg-type]
    assert skeleton[2] == pytest.approx(0.3, abs=1e-15)
    grid = np.linspace(-1, 1, 400_001)
    tox = curve.tox(grid)
    for lower, upper in itertools.pairwise(tox):
        place = np.argmin(np.abs(lower - 0.25))
        assert upper[place] == pytest.approx(0.35, abs=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"half_width": 0.0}, "The half-width is 0.0 around the target 0.3"),
        ({"half_width": 0.3}, "The half-width is 0.3 around the target 0.3"),
        ({"half_width": float("nan")}, "The half-width is nan"),
        ({"target": 0.0}, "The target DLT probability is 0.0"),
        ({"prior_mtd": 6}, "The prior MTD is dose level 6 of 5"),
        ({"n_doses": 0}, "The prior MTD is dose level 3 of 0"),
        ({"n_doses": 10_000}, "A half-width of 0.05 spreads 10000 doses so far"),
        ({"intercept": -2.0, "curve": "logistic"}, "The target and its half-width reach 0.35"),
    ],
)
def test_bad_intervals_are_refused(settings: dict[str, float], message: str) -> None:
    usual = {"half_width": 0.05, "target": 0.3, "prior_mtd": 3, "n_doses": 5}
    with pytest.raises(DesignError) as refused:
        find_skeleton(**(usual | settings))  # type: ignore[arg-type]
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("skeleton", "settings", "message"),
    [
        ((), {}, "The skeleton has no doses"),
        ((0.1, 0.1), {}, "The skeleton is (0.1, 0.1)"),
        ((0.1, float("nan")), {}, "The skeleton is (0.1, nan)"),
        ((0.0, 0.2), {}, "The skeleton is (0.0, 0.2)"),
        ((0.1, 1.0), {}, "The skeleton is (0.1, 1.0)"),
        ((0.1, 0.5), {"kind": "logistic", "intercept": -1.0}, "The logistic curve with intercept"),
        ((0.1, 0.5), {"kind": "probit"}, "The curve is 'probit'"),
    ],
)
def test_bad_skeletons_are_refused(
    skeleton: tuple[float, ...], settings: dict[str, float], message: str
) -> None:
    with pytest.raises(DesignError) as refused:
        Curve(skeleton, **settings)  # type: ignore[arg-type]
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("sd", [0.0, -1.0, float("nan"), 1e6])
def test_bad_priors_are_refused(sd: float) -> None:
    with pytest.raises(DesignError, match="The standard deviation of the prior is"):
        find_trapezoid(_curve("empiric"), sd, 30)
