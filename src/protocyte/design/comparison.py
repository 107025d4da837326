"""Several designs before the same truths, judged by one yardstick."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from protocyte.design.candidate import Candidate
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.scenario import Scenario, find_nearest_true
from protocyte.design.state import Floats


@final
@dataclass(frozen=True, slots=True)
class Yardstick:
    """What every design of a comparison should find.

    Parameters
    ----------
    label : str
        The design whose aim it is, or empty if a target was given.
    target : float or None
        DLT probability above which a dose is an overdose [1]; None if none is named.
    best : tuple of int or None
        Dose level to be found in each scenario; 0 if none, None if unknown.
    utilities : tuple of tuple of float, or None
        True utility of each dose in each scenario, on the scale of the design [1]; None if it has
        no scale.
    """

    label: str
    target: float | None
    best: tuple[int | None, ...]
    utilities: tuple[tuple[float, ...], ...] | None


def find_yardstick(
    candidates: Sequence[Candidate],
    scenarios: Sequence[Scenario],
    *,
    target: float | None = None,
) -> Yardstick:
    """Find what all designs are judged by: the aim of the first that has one.

    Parameters
    ----------
    candidates : sequence of Candidate
        The designs, the protocol's own first.
    scenarios : sequence of Scenario
        The truths.
    target : float, optional
        DLT probability that the best dose should have [1], in place of a design's aim.

    Returns
    -------
    Yardstick
        The best dose of each scenario, the target and the utilities.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> own = Candidate("BOIN", BOIN(target=0.3, n_doses=2))
    >>> find_yardstick([own], [Scenario((0.1, 0.3))]).best
    (2,)
    """
    designs = [(c.label, c.design) for c in candidates if c.design is not None]
    worth = next((found for _, design in designs if (found := _worth(design, scenarios))), None)
    if target is not None:
        nearest = [find_nearest_true(scenario, target) for scenario in scenarios]
        return Yardstick("", target, _levels(nearest), worth)
    for label, design in designs:
        best = [design.best_dose(scenario) for scenario in scenarios]
        if any(dose is not None for dose in best):
            return Yardstick(label, design.target, _levels(best), worth)
    return Yardstick("", None, (None,) * len(scenarios), worth)


def _worth(design: Design, scenarios: Sequence[Scenario]) -> tuple[tuple[float, ...], ...] | None:
    rows = [design.utilities(scenario) for scenario in scenarios]
    known = [tuple(map(float, row)) for row in rows if row is not None]
    return tuple(known) if len(known) == len(scenarios) else None


def _levels(best: Sequence[int | None]) -> tuple[int | None, ...]:
    return tuple(None if dose is None else dose + 1 for dose in best)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What one design does in each scenario.

    Parameters
    ----------
    candidate : Candidate
        The design.
    found : Characteristics
        Its operating characteristics.
    why_simulated : str
        Why they are not exact; empty if they are.
    """

    candidate: Candidate
    found: Characteristics
    why_simulated: str = ""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Designs before the same truths.

    Parameters
    ----------
    scenarios : tuple of Scenario
        The truths.
    yardstick : Yardstick
        What all are judged by.
    designs : tuple of Compared
        The designs.
    left_out : tuple of Candidate
        Designs that could not take part, with the reason.
    """

    scenarios: tuple[Scenario, ...]
    yardstick: Yardstick
    designs: tuple[Compared, ...]
    left_out: tuple[Candidate, ...]

    def correct(self, compared: Compared) -> Floats:
        """Return the probability of selecting what should be found.

        Parameters
        ----------
        compared : Compared
            One of the designs.

        Returns
        -------
        ndarray of float, shape (n_scenarios,)
            Probability [1]; nan where nothing is known to be best.
        """
        found = compared.found
        return np.array(
            [
                np.nan if best is None else none if best == 0 else row[best - 1]
                for best, row, none in zip(
                    self.yardstick.best, found.selection, found.none, strict=True
                )
            ]
        )

    def overdosed(self, compared: Compared) -> Floats | None:
        """Return the expected share of participants who get a dose above the target.

        Parameters
        ----------
        compared : Compared
            One of the designs.

        Returns
        -------
        ndarray of float, shape (n_scenarios,), or None
            Share of the expected participants [1]; None without a target or without toxicity.
        """
        target = self.yardstick.target
        if target is None or any(scenario.tox is None for scenario in self.scenarios):
            return None
        above = np.array([scenario.tox for scenario in self.scenarios]) > target + 1e-12
        found = compared.found
        share: Floats = (found.participants * above).sum(axis=1) / found.total
        return share

    def utility(self, compared: Compared) -> Floats | None:
        """Return the expected true utility of the selected dose, 0 if none is selected.

        Parameters
        ----------
        compared : Compared
            One of the designs.

        Returns
        -------
        ndarray of float, shape (n_scenarios,), or None
            Utility on the yardstick's scale [1]; None if it has none.
        """
        if self.yardstick.utilities is None:
            return None
        worth: Floats = (compared.found.selection * np.array(self.yardstick.utilities)).sum(axis=1)
        return worth

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON can hold it."""
        rule = self.yardstick
        return {
            "yardstick": {
                "of": rule.label,
                "target": rule.target,
                "best": list(rule.best),
                "utilities": None if rule.utilities is None else [list(u) for u in rule.utilities],
            },
            "designs": [self._entry(compared) for compared in self.designs],
            "left_out": [{"design": c.label, "why": c.missing} for c in self.left_out],
        }

    def _entry(self, compared: Compared) -> dict[str, Any]:
        candidate, found = compared.candidate, compared.found.as_dict()
        judged = {
            "correct": self.correct(compared),
            "overdosed": self.overdosed(compared),
            "utility": self.utility(compared),
        }
        for s, row in enumerate(found["scenarios"]):
            row["judged"] = {
                name: None if values is None or np.isnan(values[s]) else float(values[s])
                for name, values in judged.items()
            }
        return {
            "design": candidate.label,
            "protocol": candidate.is_own,
            "settings": list(candidate.settings),
            "why_simulated": compared.why_simulated,
            **found,
        }
