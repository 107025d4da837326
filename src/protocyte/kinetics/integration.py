"""Differential equations in logarithms, solved for one patient after another.

States are logarithms, so that no number of cells can become negative and twelve orders of magnitude
are solved to the same relative precision. One law: a patient is solved in bounded time or given up.
"""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from protocyte.errors import NumericalError
from protocyte.kinetics.convergence import Convergence
from protocyte.kinetics.parameter import Floats

TOLERANCE: Final = 1e-9
"""Relative and absolute tolerance of the logarithm of each state [1]."""

EVALUATIONS_MAX: Final = 20_000
"""Evaluations of the equations after which a patient is given up; an ordinary one needs 500."""

REACH: Final = 340.0
"""Logarithm, of either sign, beyond which states are not told apart [1]: a solver that tries a step
too far must see numbers that are neither zero nor infinite, so that it takes the step back."""

State = Sequence[float]
Marks = dict[str, float]
Solved = tuple[Convergence, Floats | None, Marks]
"""How a patient ended, states of shape (n_states, n_times), and what is read off the course."""


class _GivenUpError(Exception):
    """Too many evaluations."""


@dataclass(frozen=True)
class Crossing:
    """A quantity that crosses zero, in the form in which scipy takes an event.

    Parameters
    ----------
    quantity : callable
        From the logarithms of the states to a number.
    direction : float
        1 if only upwards, -1 if only downwards, 0 if both ways.

    Examples
    --------
    >>> Crossing(lambda state: state[0] - 1.0, -1)(0.0, [3.0])
    2.0
    """

    quantity: Callable[[State], float]
    direction: float

    def __call__(self, _: float, state: State) -> float:
        """Give the quantity; the time is not looked at."""
        return self.quantity(state)


def solve_logarithms(
    derivative: Callable[[State], State],
    start: Sequence[float],
    days: Floats,
    *,
    crossings: Sequence[Crossing] = (),
) -> tuple[Convergence, Any]:
    """Solve the logarithms of the states of one patient with LSODA.

    Parameters
    ----------
    derivative : callable
        From the logarithms of the states to their rates of change [1/d].
    start : sequence of float
        Logarithms of the states on day 0 [1].
    days : ndarray of float, shape (n_times,)
        Increasing times [d], none negative.
    crossings : sequence of Crossing
        Quantities whose zeros are looked for; without any, the course is kept as a function.

    Returns
    -------
    tuple of Convergence and object
        How the solver ended, and what scipy found; None if it failed.

    Examples
    --------
    >>> code, found = solve_logarithms(lambda _: [-0.5], [0.0], np.array([0.0, 2.0]))
    >>> code.name, found.y.round(6).tolist()
    ('SOLVED', [[0.0, -1.0]])
    """
    evaluations = 0

    def counted(_: float, state: State) -> State:
        nonlocal evaluations
        evaluations += 1
        if evaluations > EVALUATIONS_MAX:
            raise _GivenUpError
        return derivative([min(max(value, -REACH), REACH) for value in state])

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the status says it
            found = solve_ivp(
                counted,
                (0.0, max(float(days[-1]), TOLERANCE)),
                start,
                method="LSODA",
                t_eval=days,
                events=list(crossings) or None,
                dense_output=not crossings,
                rtol=TOLERANCE,
                atol=TOLERANCE,
            )
    except _GivenUpError:
        return Convergence.TOO_MANY_STEPS, None
    except (OverflowError, ValueError, ZeroDivisionError):
        return Convergence.OVERFLOW, None
    if not found.success or not np.isfinite(found.y).all():
        return Convergence.STEP_TOO_SMALL, None
    return Convergence.SOLVED, found


def solve_extreme(found: Any, *, state: int, sign: int) -> tuple[float, float]:
    """Find the highest or lowest point of one state of a course that was solved without crossings.

    Parameters
    ----------
    found : object
        What `solve_logarithms` found.
    state : int
        Which state.
    sign : {1, -1}
        1 for the highest point, -1 for the lowest; the ends of the course count as well.

    Returns
    -------
    tuple of float
        The state [unit of the state] and its day [d].

    Notes
    -----
    Looked for between the solver's own steps around the most extreme one. A crossing of the rate of
    change would be closer, but is not found where a course comes to rest and that rate is noise.

    Examples
    --------
    >>> _, found = solve_logarithms(lambda s: [1.0, -s[0]], [-2.0, 0.0], np.array([0.0, 5.0]))
    >>> [round(number, 4) for number in solve_extreme(found, state=1, sign=1)]  # e², on day 2
    [7.3891, 2.0]
    """
    days = found.sol.ts
    values = sign * found.sol(days)[state]
    at = int(np.argmax(values))
    around = (days[max(at - 1, 0)], days[min(at + 1, days.size - 1)])
    closer = minimize_scalar(
        lambda day: -sign * found.sol(day)[state], bounds=around, options={"xatol": TOLERANCE}
    )
    highest, day = max((float(values[at]), float(days[at])), (-float(closer.fun), float(closer.x)))
    return math.exp(sign * highest), day


def solve_ensemble(
    times: Floats,
    given: Mapping[str, Floats],
    solve_one: Callable[[Mapping[str, float], Floats], Solved],
    *,
    n_states: int,
    marks: Sequence[str],
    what: str,
) -> tuple[list[Floats], dict[str, Floats], NDArray[np.int_]]:
    """Solve one patient after another; times may come in any order.

    Parameters
    ----------
    times : ndarray of float, shape (n_times,)
        Times since the infusion [d], not negative.
    given : mapping of str to ndarray of float, shape () or (n_patients,)
        Parameters by name [unit of the model's table], all of one shape.
    solve_one : callable
        From the parameters of one patient and increasing days to `Solved`.
    n_states : int
        Number of states.
    marks : sequence of str
        Names of what is read off a course.
    what : str
        What is solved, for the message.

    Returns
    -------
    list of ndarray, dict of str to ndarray, and ndarray of int
        The states [unit of the state], each of shape (n_times,) or (n_patients, n_times); the
        marks; and how each patient ended.

    Raises
    ------
    NumericalError
        If there is one patient, who cannot be solved. In an ensemble the code says it.

    Examples
    --------
    >>> def fall(patient, days):
    ...     return Convergence.SOLVED, np.exp(-patient["k"] * days)[np.newaxis], {"half": 1.0}
    >>> states, _, _ = solve_ensemble(np.array([1.0, 0.0]), {"k": np.array(2.0)}, fall,
    ...                               n_states=1, marks=["half"], what="The fall")
    >>> states[0].round(3).tolist()
    [0.135, 1.0]
    """
    increasing, places = np.unique(times, return_inverse=True)
    shape = next(iter(given.values())).shape
    patients = [
        dict(zip(given, map(float, row), strict=True))
        for row in np.column_stack([values.ravel() for values in given.values()])
    ]
    solved = [solve_one(patient, increasing) for patient in patients]
    if not shape and solved[0][0] != Convergence.SOLVED:
        numbers = ", ".join(f"{name}={value:g}" for name, value in patients[0].items())
        raise NumericalError(
            f"{what} could not be solved ({solved[0][0].name}) for {numbers}; look for the value "
            "that is far from the model's table."
        )
    nothing = np.full((n_states, increasing.size), np.nan)
    courses = np.array([nothing if found is None else found for _, found, _ in solved])
    states = [courses[:, i, places].reshape(*shape, times.size) for i in range(n_states)]
    read = {
        name: np.array([found.get(name, math.nan) for _, _, found in solved]).reshape(shape)
        for name in marks
    }
    codes = np.array([int(code) for code, _, _ in solved]).reshape(shape)
    return states, read, codes
