"""The equations of cells in competition, and their numerical solution for one patient.

States are logarithms, so that no number of cells can become negative and twelve orders of magnitude
are solved to the same relative precision. One law: a patient is solved in bounded time or given up.
"""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.integrate import solve_ivp

from protocyte.kinetics.convergence import Convergence
from protocyte.kinetics.parameter import Floats

STOCHASTIC_BELOW: Final = 100.0
"""Tumour cells below which the paper simulates births and deaths (Kimmel2021, figure 2d)."""

PROGRESSION_AT: Final = 1.2
"""Tumour cells over those at infusion that count as progression [1] (Kimmel2021, section 2)."""

TOLERANCE: Final = 1e-9
"""Relative and absolute tolerance of the logarithm of each number of cells [1]."""

EVALUATIONS_MAX: Final = 20_000
"""Evaluations of the equations after which a patient is given up; an ordinary one needs 500."""

MARKS: Final = (
    "peak_car",
    "peak_day",
    "lowest_tumour",
    "lowest_day",
    "below_day",
    "progression_day",
)
"""What is read off a course besides the cells on the requested days."""

State = Sequence[float]


class _GivenUpError(Exception):
    """Too many evaluations."""


@dataclass(frozen=True)
class _Crossing:
    """A quantity that crosses zero, in the form in which scipy takes an event."""

    quantity: Callable[[State], float]
    direction: float

    def __call__(self, _: float, state: State) -> float:
        return self.quantity(state)


@dataclass(frozen=True, slots=True)
class CompetitionEquation:
    """Host T cells, CAR-T cells and tumour cells of one patient.

    Parameters
    ----------
    parameters : mapping of str to float
        Every parameter of the model by name [unit of the parameter], positive.

    Notes
    -----
    With T = N + C and cells of the whole body:
    dN/dt = -r_N N ln(T/K_N); dC/dt = -r_C(T) C ln(T/K_C); dB/dt = r_B B - gamma_B B C/(k_B + C);
    r_C(T) = rho_C + b (T - K_N)² / (a T² + (T - K_N)²). This r_C is the one of figure 2b, of the
    authors' code and of the curated copy; the running text of the paper sets other brackets.

    References
    ----------
    .. [1] Kimmel GJ, Locke FL, Altrock PM. *Proc R Soc B* 2021;288:20210229. Equations 2.1 to 2.3
       and figure 2b. doi:10.1098/rspb.2021.0229

    Examples
    --------
    >>> equation = CompetitionEquation(
    ...     {"k_n": 2.5e11, "k_c": 6.96e10, "r_n": 0.17, "rho_c": 0.0251, "a": 0.423, "b": 0.525}
    ... )
    >>> round(equation.car_growth(3.18e9), 6)
    0.550063
    """

    parameters: Mapping[str, float]

    def car_growth(self, total: float) -> float:
        """Give the rate of growth of CAR-T cells [1/d] at a total number of T cells [cells]."""
        p = self.parameters
        room = (total - p["k_n"]) ** 2
        return p["rho_c"] + p["b"] * room / (p["a"] * total * total + room)

    def tumour_growth(self, car: float) -> float:
        """Give the net rate of growth of the tumour [1/d] at a number of CAR-T cells [cells]."""
        p = self.parameters
        return p["r_b"] - p["gamma_b"] * car / (p["k_b"] + car)

    def _derivative(self) -> Callable[[float, State], State]:
        p, evaluations = self.parameters, 0
        log_k_n, log_k_c = math.log(p["k_n"]), math.log(p["k_c"])

        def derivative(_: float, state: State) -> State:
            nonlocal evaluations
            evaluations += 1
            if evaluations > EVALUATIONS_MAX:
                raise _GivenUpError
            car = math.exp(state[1])
            total = math.exp(state[0]) + car
            log_total = math.log(total)
            return (
                -p["r_n"] * (log_total - log_k_n),
                -self.car_growth(total) * (log_total - log_k_c),
                self.tumour_growth(car),
            )

        return derivative

    def solve(self, days: Floats) -> tuple[Convergence, Floats, dict[str, float]]:
        """Solve for cells, shape (3, n_times), on increasing days [d], and for the `MARKS`."""
        p = self.parameters
        start = [math.log(p[name]) for name in ("n_start", "c_start", "b_start")]
        log_k_c = math.log(p["k_c"])
        crossings = [
            _Crossing(lambda s: math.log(math.exp(s[0]) + math.exp(s[1])) - log_k_c, 0),
            _Crossing(lambda s: self.tumour_growth(math.exp(s[1])), 1),
            _Crossing(lambda s: s[2] - math.log(STOCHASTIC_BELOW), -1),
            _Crossing(lambda s: s[2] - start[2] - math.log(PROGRESSION_AT), 1),
        ]
        failed = np.full((3, days.size), np.nan), dict.fromkeys(MARKS, math.nan)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the status says it
                solved = solve_ivp(
                    self._derivative(),
                    (0.0, max(float(days[-1]), TOLERANCE)),
                    start,
                    method="LSODA",
                    t_eval=days,
                    events=crossings,
                    rtol=TOLERANCE,
                    atol=TOLERANCE,
                )
        except _GivenUpError:
            return Convergence.TOO_MANY_STEPS, *failed
        except (OverflowError, ValueError, ZeroDivisionError):
            return Convergence.OVERFLOW, *failed
        if not solved.success or not np.isfinite(solved.y).all():
            return Convergence.STEP_TOO_SMALL, *failed
        with np.errstate(over="ignore"):  # a tumour of years outgrows what a number can hold
            cells = np.exp(solved.y)
        return Convergence.SOLVED, cells, self._marks(start, solved)

    def _marks(self, start: list[float], solved: Any) -> dict[str, float]:
        """Read the marks off the crossings; the ends of the course count as well."""
        ends = [(0.0, start), (float(solved.t[-1]), solved.y[:, -1])]
        turns, lows = (
            ends + list(zip(solved.t_events[i], solved.y_events[i], strict=True)) for i in (0, 1)
        )
        peak_day, peak = max(turns, key=lambda point: point[1][1])
        lowest_day, lowest = min(lows, key=lambda point: point[1][2])
        below, progression = (
            float(solved.t_events[i][0]) if solved.t_events[i].size else math.nan for i in (2, 3)
        )
        if start[2] < math.log(STOCHASTIC_BELOW):
            below = 0.0
        numbers = (math.exp(peak[1]), peak_day, math.exp(lowest[2]), lowest_day, below, progression)
        return dict(zip(MARKS, map(float, numbers), strict=True))
