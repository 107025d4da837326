"""Rejection by host T cells against the persistence of UCART19.

Source: Dupouy2022 (doi:10.1158/2767-9764.CRC-22-0175, abstract): of 25 adults CAR-T cells were gone
by day 28 in 10 and seen after day 42 in 4. The saved posterior must still be the one of the model
as it stands: where its numbers move, `protocyte calibrate` has to be run again.
"""

import numpy as np

from protocyte.cli.calibrate import follow_ucart19
from protocyte.simulation.calibration.persistence import sample_rejection
from protocyte.simulation.calibration.result import load_calibration


def test_saved_rejection_is_that_of_the_model_as_it_stands() -> None:
    found = sample_rejection(
        lambda rate, drug: follow_ucart19(rate, with_alemtuzumab=drug, seed=7, n=400),
        rng=np.random.default_rng(8),
    ).as_dict(rng=np.random.default_rng(9))
    saved = load_calibration().rejection
    for name in ("t_rejection", "sd_t_rejection"):
        assert found[name]["q25"] < saved[name]["q50"] < found[name]["q75"]


def test_virtual_patients_at_the_saved_rate_lose_their_cells_as_the_real_ones_did() -> None:
    """Each class within the central 99 % of a binomial of 25."""
    saved = load_calibration().rejection
    for observed, expected in zip(saved["observed"], saved["expected"], strict=True):
        share = expected / 25
        assert abs(observed - expected) < 2.58 * np.sqrt(25 * share * (1 - share))


def test_faster_rejection_and_no_alemtuzumab_shorten_persistence() -> None:
    slow, fast, spared = (
        np.nanmedian(follow_ucart19(rate, with_alemtuzumab=drug, seed=1, n=200))
        for rate, drug in ((0.1, False), (0.5, False), (0.5, True))
    )
    assert fast < slow
    assert fast < spared
