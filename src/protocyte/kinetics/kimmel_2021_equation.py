"""The equations of cells in competition, and their numerical solution for one patient.

One law: the equations are those of the paper's figure 2b, and the marks that chance and progression
hang on are found, not read off a grid.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.kinetics.integration import (
    Crossing,
    Solved,
    State,
    solve_logarithms,
)
from protocyte.kinetics.parameter import Floats

STOCHASTIC_BELOW: Final = 100.0
"""Tumour cells below which the paper simulates births and deaths (Kimmel2021, figure 2d)."""

PROGRESSION_AT: Final = 1.2
"""Tumour cells over those at infusion that count as progression [1] (Kimmel2021, section 2)."""

MARKS: Final = (
    "peak_car",
    "peak_day",
    "lowest_tumour",
    "lowest_day",
    "below_day",
    "progression_day",
)
"""What is read off a course besides the cells on the requested days."""


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

    def _derivative(self) -> Callable[[State], State]:
        p = self.parameters
        log_k_n, log_k_c = math.log(p["k_n"]), math.log(p["k_c"])

        def derivative(state: State) -> State:
            car = math.exp(state[1])
            total = math.exp(state[0]) + car
            log_total = math.log(total)
            return (
                -p["r_n"] * (log_total - log_k_n),
                -self.car_growth(total) * (log_total - log_k_c),
                self.tumour_growth(car),
            )

        return derivative

    def solve(self, days: Floats) -> Solved:
        """Solve for cells, shape (3, n_times), on increasing days [d], and for the `MARKS`."""
        p = self.parameters
        start = [math.log(p[name]) for name in ("n_start", "c_start", "b_start")]
        log_k_c = math.log(p["k_c"])
        crossings = [
            Crossing(lambda s: math.log(math.exp(s[0]) + math.exp(s[1])) - log_k_c, 0),
            Crossing(lambda s: self.tumour_growth(math.exp(s[1])), 1),
            Crossing(lambda s: s[2] - math.log(STOCHASTIC_BELOW), -1),
            Crossing(lambda s: s[2] - start[2] - math.log(PROGRESSION_AT), 1),
        ]
        code, found = solve_logarithms(self._derivative(), start, days, crossings=crossings)
        if found is None:
            return code, None, {}
        with np.errstate(over="ignore"):  # a tumour of years outgrows what a number can hold
            cells = np.exp(found.y)
        ends = [(0.0, start), (float(found.t[-1]), found.y[:, -1])]
        turns, lows = (
            [*ends, *zip(found.t_events[i], found.y_events[i], strict=True)] for i in (0, 1)
        )
        peak_day, peak = max(turns, key=lambda point: point[1][1])
        lowest_day, lowest = min(lows, key=lambda point: point[1][2])
        below, progression = (
            float(found.t_events[i][0]) if found.t_events[i].size else math.nan for i in (2, 3)
        )
        if start[2] < math.log(STOCHASTIC_BELOW):
            below = 0.0
        marks = (math.exp(peak[1]), peak_day, math.exp(lowest[2]), lowest_day, below, progression)
        return code, cells, dict(zip(MARKS, map(float, marks), strict=True))
