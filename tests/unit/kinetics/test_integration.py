"""Solving one patient after another: failures are codes, times come in any order."""

from collections.abc import Mapping

import numpy as np
import pytest

from protocyte.errors import NumericalError
from protocyte.kinetics.convergence import Convergence
from protocyte.kinetics.integration import (
    Crossing,
    Solved,
    solve_ensemble,
    solve_extreme,
    solve_logarithms,
)
from protocyte.kinetics.parameter import Floats

DAYS = np.array([0.0, 1.0, 2.0])


def test_a_course_that_leaves_the_numbers_or_never_ends_is_a_code() -> None:
    def explode(_: object) -> list[float]:
        raise OverflowError

    evaluations = 0

    def chatter(_: object) -> list[float]:
        nonlocal evaluations
        evaluations += 1
        return [1e6 * (-1) ** evaluations]

    assert solve_logarithms(explode, [0.0], DAYS) == (Convergence.OVERFLOW, None)
    code, found = solve_logarithms(chatter, [0.0], DAYS)
    assert code in (Convergence.TOO_MANY_STEPS, Convergence.STEP_TOO_SMALL)
    assert found is None


def test_extremes_are_found_between_days_and_at_the_ends() -> None:
    _, found = solve_logarithms(
        lambda state: [np.cos(state[1]), 1.0], [0.0, 0.0], np.array([0.0, 3.0])
    )
    highest, day = solve_extreme(found, state=0, sign=1)
    lowest, first = solve_extreme(found, state=0, sign=-1)
    assert highest == pytest.approx(np.e, rel=1e-7)
    assert day == pytest.approx(np.pi / 2, abs=1e-3)
    assert (lowest, first) == (1.0, 0.0)


def test_a_course_that_comes_to_rest_has_its_extreme_all_the_same() -> None:
    _, found = solve_logarithms(lambda s: [1 - s[0]], [0.0], np.array([0.0, 1e5]))
    assert solve_extreme(found, state=0, sign=1)[0] == pytest.approx(np.e, rel=1e-7)


def test_crossings_are_found_and_know_their_direction() -> None:
    crossings = [Crossing(lambda s: s[0] - 1.0, way) for way in (1, -1)]
    _, found = solve_logarithms(lambda _: [0.5], [0.0], np.array([0.0, 5.0]), crossings=crossings)
    assert found.t_events[0] == pytest.approx([2.0])
    assert found.t_events[1].size == 0


def decay(patient: Mapping[str, float], days: Floats) -> Solved:
    if patient["k"] > 10:
        return Convergence.OVERFLOW, None, {}
    return Convergence.SOLVED, np.exp(-patient["k"] * days)[np.newaxis], {"rate": patient["k"]}


def test_a_failure_leaves_the_others_alone_and_a_single_one_is_an_error() -> None:
    times, many = np.array([2.0, 0.0, 2.0]), {"k": np.array([1.0, 99.0])}
    (cells,), marks, codes = solve_ensemble(
        times, many, decay, n_states=1, marks=["rate"], what="The decay"
    )
    np.testing.assert_allclose(cells[0], np.exp([-2.0, 0.0, -2.0]))
    assert np.isnan(cells[1]).all()
    assert np.isnan(marks["rate"][1])
    assert codes.tolist() == [0, Convergence.OVERFLOW]
    with pytest.raises(
        NumericalError, match=r"The decay could not be solved \(OVERFLOW\) for k=99"
    ):
        solve_ensemble(
            times, {"k": np.array(99.0)}, decay, n_states=1, marks=["rate"], what="The decay"
        )
