"""A truth to rehearse against: what would really happen at each dose.

Toxicity and response are independent unless the probability of both is given.
"""

import math
from dataclasses import dataclass
from typing import Any

from protocyte.design.kinds import find_sound_kinds
from protocyte.errors import DesignError


@dataclass(frozen=True, slots=True)
class Scenario:
    """True event probabilities at each dose.

    Parameters
    ----------
    tox : tuple of float, optional
        Probability of a DLT at each dose [1], 0 to 1; None where nothing depends on it.
    eff : tuple of float, optional
        Probability of a response at each dose [1], 0 to 1.
    both : tuple of float, optional
        Probability of a DLT with a response at each dose [1]; without it the two are independent.
    name : str
        What to call it.

    Raises
    ------
    DesignError
        If these are not probabilities, or not equally many.

    Examples
    --------
    >>> Scenario((0.05, 0.15, 0.30), name="steep").n_doses
    3
    """

    tox: tuple[float, ...] | None = None
    eff: tuple[float, ...] | None = None
    both: tuple[float, ...] | None = None
    name: str = ""

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        label = f"Scenario {self.name!r}"
        if not self.tox and not self.eff:
            raise DesignError(f"{label} has no doses; give a DLT probability for each.")
        for what in ("tox", "eff", "both"):
            values = getattr(self, what)
            if values is not None:
                object.__setattr__(self, what, tuple(float(value) for value in values))
                self._check_probabilities(label, what)
        self._check_joint(label)

    def _check_probabilities(self, label: str, what: str) -> None:
        values = getattr(self, what)
        if len(values) != self.n_doses:
            raise DesignError(
                f"{label} has {self.n_doses} doses in one list and {len(values)} in {what}; give "
                f"one probability a dose."
            )
        for level, value in enumerate(values, start=1):
            if not (math.isfinite(value) and 0 <= value <= 1):
                raise DesignError(
                    f"{label} has {what} = {value} at dose level {level}; a probability lies "
                    f"between 0 and 1."
                )

    def _check_joint(self, label: str) -> None:
        if self.both is None:
            return
        if self.eff is None or self.tox is None:
            raise DesignError(f"{label} gives both without tox and eff; give these two as well.")
        for level, (tox, eff, both) in enumerate(
            zip(self.tox, self.eff, self.both, strict=True), start=1
        ):
            least, most = max(0.0, tox + eff - 1), min(tox, eff)
            if not least - 1e-12 <= both <= most + 1e-12:
                raise DesignError(
                    f"{label} has both = {both} at dose level {level}; with tox = {tox} and "
                    f"eff = {eff} it lies between {least:g} and {most:g}."
                )

    @property
    def n_doses(self) -> int:
        """How many doses it describes."""
        return len(self.tox or self.eff or ())

    @property
    def joint(self) -> tuple[float, ...]:
        """Probability of a DLT with a response at each dose [1]; 0 if one is not described."""
        if self.both is not None:
            return self.both
        if self.tox is None or self.eff is None:
            return (0.0,) * self.n_doses
        return tuple(tox * eff for tox, eff in zip(self.tox, self.eff, strict=True))

    def as_dict(self) -> dict[str, Any]:
        """Return the scenario as JSON can hold it."""
        return {
            "name": self.name,
            "tox": None if self.tox is None else list(self.tox),
            "eff": None if self.eff is None else list(self.eff),
            "both": None if self.both is None else list(self.both),
        }


def find_nearest_true(scenario: Scenario, target: float) -> int | None:
    """Find the dose whose true DLT probability is nearest to a target.

    Parameters
    ----------
    scenario : Scenario
        The truth.
    target : float
        The DLT probability aimed at [1].

    Returns
    -------
    int or None
        Index of the dose, the lower of equally near ones; None if the truth has no DLTs.

    Examples
    --------
    >>> find_nearest_true(Scenario((0.05, 0.15, 0.30)), 0.25)
    2
    """
    if scenario.tox is None:
        return None
    away = [round(abs(p - target), 12) for p in scenario.tox]
    return away.index(min(away))
