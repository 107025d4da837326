"""Random truths: laws of their curves, how often each dose is the MTD, what is refused."""

from collections import Counter

import numpy as np
import pytest

from protocyte.design.scenario import find_nearest_true
from protocyte.errors import DesignError
from protocyte.simulation.random_scenario import (
    sample_normal_scenarios,
    sample_responses,
    sample_uniform_scenarios,
)


@pytest.mark.parametrize("draw", [sample_uniform_scenarios, sample_normal_scenarios])
@pytest.mark.parametrize(("n_doses", "target"), [(5, 0.3), (3, 0.25), (1, 0.2), (8, 0.3)])
def test_curves_rise_and_have_their_mtd_where_it_is_said(
    draw: type, n_doses: int, target: float
) -> None:
    truths = draw(60, n_doses=n_doses, target=target, rng=np.random.default_rng(3))
    assert len({truth.name for truth in truths}) == 60
    for truth in truths:
        assert list(truth.tox) == sorted(truth.tox)
        nearest = find_nearest_true(truth, target)
        assert nearest is not None
        assert truth.name.endswith(f"MTD {nearest + 1}")


@pytest.mark.parametrize("draw", [sample_uniform_scenarios, sample_normal_scenarios])
def test_each_dose_is_the_mtd_equally_often(draw: type) -> None:
    truths = draw(800, n_doses=4, target=0.3, rng=np.random.default_rng(5))
    counts = Counter(truth.name.split()[-1] for truth in truths)
    assert set(counts) == {"1", "2", "3", "4"}
    # Four standard errors of 200 of 800.
    assert all(abs(count - 200) < 50 for count in counts.values())


def test_conditions_on_the_mtd_hold() -> None:
    truths = sample_uniform_scenarios(
        100, n_doses=5, target=0.3, margin=0.05, gaps=(0.05, 0.3), rng=np.random.default_rng(6)
    )
    for truth in truths:
        assert truth.tox is not None
        mtd = int(truth.name.split()[-1]) - 1
        assert abs(truth.tox[mtd] - 0.3) <= 0.05
        gaps = np.diff(truth.tox)[max(mtd - 1, 0) : mtd + 1]
        assert np.all((gaps >= 0.05) & (gaps <= 0.3))


def test_the_normal_mtd_lies_around_the_target() -> None:
    """Within 0.05 on the probit scale: between 0.27 and 0.34 in all but one of a hundred."""
    truths = sample_normal_scenarios(300, n_doses=3, target=0.3, rng=np.random.default_rng(7))
    mtd = np.array([(truth.tox or ())[int(truth.name.split()[-1]) - 1] for truth in truths])
    assert np.mean((mtd > 0.26) & (mtd < 0.345)) > 0.98
    assert abs(mtd.mean() - 0.3) < 0.005


def test_responses_have_their_shape() -> None:
    rng = np.random.default_rng(8)
    truths = sample_normal_scenarios(50, n_doses=5, target=0.3, rng=rng)
    for shape in ("increasing", "plateau", "umbrella"):
        found = sample_responses(truths, shape=shape, least=0.1, most=0.7, rng=rng)
        peaks = set()
        for truth, before in zip(found, truths, strict=True):
            assert truth.eff is not None
            assert truth.tox == before.tox
            assert 0.1 <= min(truth.eff) <= max(truth.eff) <= 0.7
            peak = int(np.argmax(truth.eff))
            peaks.add(peak)
            assert list(truth.eff[: peak + 1]) == sorted(truth.eff[: peak + 1])
            after = list(truth.eff[peak:])
            assert after == sorted(after, reverse=True)
            if shape == "plateau":
                assert len(set(after)) == 1
        assert peaks == ({4} if shape == "increasing" else {0, 1, 2, 3, 4})


def test_what_cannot_be_drawn_is_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(DesignError, match="0 truths of 3 doses"):
        sample_uniform_scenarios(0, n_doses=3, target=0.3, rng=rng)
    with pytest.raises(DesignError, match="target DLT probability is 1"):
        sample_normal_scenarios(1, n_doses=3, target=1, rng=rng)
    with pytest.raises(DesignError, match="none had its MTD at dose level"):
        sample_uniform_scenarios(1, n_doses=3, target=0.3, gaps=(0.9, 1.0), rng=rng)
    with pytest.raises(DesignError, match="no shape of a response"):
        sample_responses((), shape="flat", rng=rng)  # type: ignore[arg-type]
    with pytest.raises(DesignError, match="two probabilities, the lower first"):
        sample_responses((), least=0.5, most=0.4, rng=rng)
