"""Rejection from when cells were last seen: recovered where the truth is known."""

import numpy as np
import pytest

from protocyte.errors import RecordError
from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.persistence import DAYS, sample_rejection
from protocyte.simulation.calibration.result import load_calibration

PATIENTS = np.random.default_rng(1).uniform(40.0, 60.0, 800)


def follow(rate: float, with_drug: bool) -> Floats:
    """A world in which cells stay the shorter the faster they are rejected."""
    return np.asarray(PATIENTS / (1 + rate * (1.5 if with_drug else 3.0)))


def counts_at(typical: float, spread: float, n: int) -> tuple[int, int, int]:
    rng = np.random.default_rng(2)
    half = rng.random(n) < 0.5
    rates = typical * np.exp(spread * rng.normal(size=n))
    stay = rng.uniform(40.0, 60.0, n) / (1 + rates * np.where(half, 1.5, 3.0))
    early, late = int((stay <= DAYS[0]).sum()), int((stay > DAYS[1]).sum())
    return early, n - early - late, late


def test_a_known_rate_is_recovered() -> None:
    found = sample_rejection(follow, counts=counts_at(0.3, 0.8, 400), rng=np.random.default_rng(3))
    table = found.as_dict(rng=np.random.default_rng(4))
    assert table["t_rejection"]["q2.5"] < 0.3 < table["t_rejection"]["q97.5"]
    assert table["sd_t_rejection"]["q2.5"] < 0.8 < table["sd_t_rejection"]["q97.5"]
    assert table["expected"] == pytest.approx(table["observed"], abs=0.1 * 400)


def test_cells_that_stay_longer_are_rejected_less() -> None:
    short, long = (
        sample_rejection(follow, counts=c, rng=np.random.default_rng(3)).as_dict(
            rng=np.random.default_rng(4)
        )
        for c in ((20, 4, 1), (1, 4, 20))
    )
    assert short["t_rejection"]["q50"] > 2 * long["t_rejection"]["q50"]


def test_few_patients_tell_little() -> None:
    few, many = (
        sample_rejection(follow, counts=c, rng=np.random.default_rng(3)).as_dict(
            rng=np.random.default_rng(4)
        )["t_rejection"]
        for c in ((1, 1, 1), (100, 100, 100))
    )
    assert few["q97.5"] / few["q2.5"] > 2 * many["q97.5"] / many["q2.5"]


@pytest.mark.parametrize("counts", [(1, 2), (0, 0, 0), (1, -1, 3)])
def test_counts_that_cannot_be_are_told(counts: tuple[int, ...]) -> None:
    with pytest.raises(RecordError, match="no counts of patients"):
        sample_rejection(follow, counts=counts, rng=np.random.default_rng(1))


def test_saved_rejection_explains_the_patients_of_calm() -> None:
    saved = load_calibration().rejection
    assert saved["observed"] == [10, 11, 4]
    assert saved["expected"] == pytest.approx(saved["observed"], abs=5)
    assert 0.1 < saved["t_rejection"]["q50"] < 1
