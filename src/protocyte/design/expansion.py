"""What an expansion cohort does after dose finding, exactly.

Its boundary looks at its own participants alone. Given the selected dose it is therefore
independent of what was seen before, and its characteristics are those of one dose, weighed by the
probability that each dose is selected.
"""

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.monitoring.monitor import SafetyMonitor
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class ExpansionOutlook:
    """What an expansion cohort does in one scenario.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    begins : tuple of float
        Probability that it begins at each dose [1].
    stopped : tuple of float
        Probability at each dose that its boundary is ever reached [1], given that it begins there.
    participants : float
        Expected participants of the cohort [participants], 0 if it does not begin.
    dlts : float
        Expected DLTs among them [participants].
    total : float
        Expected participants of dose finding and expansion together [participants].
    completed : float
        Probability that a dose is found and the boundary is not reached there [1].

    Examples
    --------
    >>> ExpansionOutlook("one", (0.5,), (0.1,), 4.6, 0.46, 20.1, 0.45).reached
    0.5
    """

    scenario: str
    begins: tuple[float, ...]
    stopped: tuple[float, ...]
    participants: float
    dlts: float
    total: float
    completed: float

    @property
    def reached(self) -> float:
        """Probability that the cohort begins at all [1]."""
        return sum(self.begins)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {name: getattr(self, name) for name in self.__slots__} | {"reached": self.reached}


def find_expansion(
    dose: Characteristics, *, participants: int, monitor: SafetyMonitor | None = None
) -> tuple[ExpansionOutlook, ...]:
    """Find what an expansion cohort at the selected dose does in each scenario.

    Parameters
    ----------
    dose : Characteristics
        Of dose finding.
    participants : int
        The most participants of the cohort.
    monitor : SafetyMonitor, optional
        The boundary on its DLTs; without one all are treated.

    Returns
    -------
    tuple of ExpansionOutlook
        One a scenario, as exact as dose finding is.

    Raises
    ------
    DesignError
        If nobody would be treated, the boundary is for another number, or a scenario has no DLT
        probabilities.

    Examples
    --------
    >>> from protocyte.design import BOIN, Scenario, find_characteristics
    >>> truth = Scenario((0.1, 0.3), name="two")
    >>> dose = find_characteristics(BOIN(target=0.3, n_doses=2, cohorts=4), [truth])
    >>> found = find_expansion(dose, participants=10)[0]
    >>> round(found.participants / found.reached, 6)
    10.0
    """
    if participants < 1:
        raise DesignError(f"An expansion cohort of {participants} is none; give at least 1.")
    if monitor is not None and monitor.planned != participants:
        raise DesignError(
            f"The boundary is for {monitor.planned} participants and the cohort has "
            f"{participants}; give the same number."
        )
    outlooks = []
    for number, scenario in enumerate(dose.scenarios):
        if scenario.tox is None:
            raise DesignError(
                f"Scenario {scenario.name!r} has no DLT probabilities, which an expansion cohort "
                f"needs; give one for each dose."
            )
        begins, tox = dose.selection[number], np.array(scenario.tox)
        size, stopped = np.full(len(tox), float(participants)), np.zeros(len(tox))
        if monitor is not None:
            found = monitor.outlook(scenario.tox)
            size, stopped = found.expected, found.stopped
        expected = float(begins @ size)
        outlooks.append(
            ExpansionOutlook(
                scenario=scenario.name,
                begins=tuple(begins.tolist()),
                stopped=tuple(stopped.tolist()),
                participants=expected,
                dlts=float(begins @ (size * tox)),
                total=float(dose.total[number]) + expected,
                completed=float(begins @ (1 - stopped)),
            )
        )
    return tuple(outlooks)
