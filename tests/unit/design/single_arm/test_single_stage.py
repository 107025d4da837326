"""Single arms without an interim look."""

import numpy as np
import pytest

from protocyte.design import (
    FixedSample,
    Outcomes,
    Scenario,
    SingleStage,
    find_characteristics,
    find_single_stage,
)
from protocyte.design.exact.binomial import find_binomial
from protocyte.errors import DesignError


def test_a_fixed_sample_has_binomial_counts() -> None:
    found = find_characteristics(FixedSample(12), [Scenario((0.1,), (0.4,))])
    assert found.participants[0, 0] == pytest.approx(12)
    assert found.dlts is not None
    assert found.responses is not None
    assert found.dlts[0, 0] == pytest.approx(1.2)
    assert found.responses[0, 0] == pytest.approx(4.8)
    assert found.none[0] == pytest.approx(1)
    assert np.array_equal(FixedSample(12).distribution(0.4), find_binomial(12, 0.4))


def test_a_fixed_sample_fills_up_and_decides_nothing() -> None:
    design = FixedSample(6, features=("n", "tox"))
    outcomes = Outcomes.from_notation("1NNT", n_doses=1)
    assert design.decide(outcomes).size == 3
    assert design.select(outcomes).arithmetic == (
        "3 of 6 participants treated",
        "nothing is decided by rule",
    )


def test_single_stage_equals_the_walk() -> None:
    design = SingleStage(r=5, n=25, p0=0.1, p1=0.3)
    found = find_characteristics(design, [Scenario(eff=(p,)) for p in (0.1, 0.3)])
    assert found.selection[:, 0] == pytest.approx([design.rejection(p) for p in (0.1, 0.3)])
    assert found.best == (0, 1)


def test_search_equals_brute_force() -> None:
    found = find_single_stage(0.2, 0.5, alpha=0.1, beta=0.2, solutions=4)
    sizes = []
    for n in range(1, 40):
        for r in range(n):
            design = SingleStage(r, n)
            if design.rejection(0.2) <= 0.1 and design.rejection(0.5) >= 0.8:
                sizes.append(n)
                break
    assert [design.n for design in found] == sizes[:4]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FixedSample(0), "participants is 0"),
        (lambda: FixedSample(3, features=("tox",)), "The counts ('tox',) are not known"),
        (lambda: SingleStage(5, 5), "5/5 is no single-stage design"),
        (lambda: SingleStage(1, 5, p0=1.0), "p0 is 1.0"),
        (lambda: find_single_stage(0.3, 0.1, alpha=0.1, beta=0.1), "p0 = 0.3, p1 = 0.1"),
        (
            lambda: find_single_stage(0.3, 0.3001, alpha=0.1, beta=0.1),
            "No single-stage design with at most 5000 participants",
        ),
    ],
)
def test_bad_settings_are_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(DesignError) as refused:
        make()
    assert str(refused.value).startswith(message)
