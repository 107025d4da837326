"""Sums over endings, worked by hand."""

import numpy as np
import pytest

from protocyte.design import BOIN, Characteristics, Reason, Scenario, States
from protocyte.design.exact.tally import Ending, find_sums


def _found(trials: int | None = None) -> Characteristics:
    """Two endings of a trial of 30 on three doses, with probabilities 1/4 and 3/4."""
    counts = np.array([[[3, 0], [6, 2], [21, 12]], [[3, 0], [3, 1], [3, 3]]])
    endings = [
        Ending(
            States(("n", "tox"), counts[i : i + 1], np.array([-1])),
            np.array([selected]),
            reason,
            np.array([[mass]]),
        )
        for i, (selected, reason, mass) in enumerate(
            ((1, Reason.PLANNED, 0.25), (0, Reason.ENOUGH, 0.75))
        )
    ]
    truth = Scenario((0.1, 0.32, 0.6))
    return find_sums(BOIN(target=0.3, n_doses=3), [truth], endings, trials=trials)


def test_by_hand() -> None:
    found = _found()
    assert found.selection.tolist() == [[0.75, 0.25, 0.0]]
    assert found.none.tolist() == [0.0]
    assert found.participants.tolist() == [[3.0, 3.75, 7.5]]
    assert found.dlts is not None
    assert found.dlts.tolist() == [[0.0, 1.25, 5.25]]
    assert found.total.tolist() == [14.25]
    assert found.early.tolist() == [0.75]
    assert {name: list(values) for name, values in found.stopping.items()} == {
        "enough": [0.75],
        "planned": [0.25],
    }
    assert found.best == (2,)
    assert found.correct is not None
    assert found.correct.tolist() == [0.25]


def test_overdose_counts_the_planned_participants() -> None:
    """Doses 2 and 3 exceed the target: 27 of 30 planned, and 6 of 30 planned (not of 9)."""
    found = _found()
    assert found.overdose_60 is not None
    assert found.overdose_80 is not None
    assert found.overdose_60.tolist() == [0.25]
    assert found.overdose_80.tolist() == [0.25]


def test_poor_allocation_is_fewer_than_an_equal_share() -> None:
    found = _found()
    assert found.poor_allocation is not None
    assert found.poor_allocation.tolist() == [1.0]


def test_standard_errors_of_shares_and_means() -> None:
    found = _found(trials=100)
    assert not found.exact
    assert found.errors["selection"][0] == pytest.approx([np.sqrt(0.75 * 0.25 / 100)] * 2 + [0.0])
    variance = 0.25 * 30**2 + 0.75 * 9**2 - 14.25**2
    assert found.errors["total"][0] == pytest.approx(np.sqrt(variance / 100))
    assert found.errors["participants"][0, 2] == pytest.approx(
        np.sqrt((0.25 * 21**2 + 0.75 * 3**2 - 7.5**2) / 100)
    )
