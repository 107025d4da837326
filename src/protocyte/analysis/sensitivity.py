"""How much of the spread of a result each uncertain number explains.

One law: an index is an estimate; near zero it may come out below zero, and is shown as it came.
"""

from dataclasses import dataclass

from protocyte.kinetics.parameter import Floats, Parameter


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Sobol indices of several results.

    Parameters
    ----------
    outputs : tuple of str
        Results looked at.
    parameters : tuple of Parameter
        Numbers that were moved through their ranges.
    first, total : ndarray of float, shape (n_outputs, n_parameters)
        First-order and total indices [1].
    low, high : ndarray of float, shape (n_outputs,)
        5 % and 95 % quantiles of each result over the ranges [its unit].
    runs : int
        Populations that were followed.
    """

    outputs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    first: Floats
    total: Floats
    low: Floats
    high: Floats
    runs: int

    def leading(self, output: int, most: int) -> list[int]:
        """Give the numbers that a result leans on most, by total index, largest first."""
        order = sorted(range(len(self.parameters)), key=lambda i: -float(self.total[output, i]))
        return order[:most]
