"""TITE-Keyboard: Keyboard that counts a part of each pending participant."""

from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.late_onset.interval_rule import IntervalRule
from protocyte.design.late_onset.late_onset import find_sound_window
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_interval import (
    THIRDS,
    IntervalLateOnset,
    find_interval_rule,
    find_sound_thirds,
)
from protocyte.design.paper import LIN_YUAN_2020
from protocyte.design.state import Floats
from protocyte.design.toxicity.interval import find_cohort_sizes
from protocyte.design.toxicity.keyboard import Keyboard

HALVINGS: Final = 60


@final
@dataclass(frozen=True, slots=True)
class TITEKeyboard(IntervalLateOnset):
    """Find the MTD with Keyboard while DLTs are pending.

    Parameters
    ----------
    parent : Keyboard
        The design when all outcomes are complete.
    window : float
        Time in which a DLT counts [d].
    suspension : Suspension
        When enrolment waits; as published ``Suspension(0.5, 2, None)``.
    thirds : tuple of float
        Assumed shares of the DLTs that fall into each third of the window [1].

    Raises
    ------
    DesignError
        If settings contradict each other.

    Notes
    -----
    The posterior is Beta(1 + y, 1 + m) with m the effective participants without DLT: those
    complete, and the share followed of each pending one. For each number of DLTs the strongest key
    falls as m grows, so that two limits on m decide.

    References
    ----------
    .. [1] Lin R, Yuan Y. Time-to-event model-assisted designs for dose-finding trials with delayed
       toxicity. *Biostatistics* 2020;21:807-824. doi:10.1093/biostatistics/kxz007

    Examples
    --------
    >>> design = TITEKeyboard(Keyboard(target=0.3, n_doses=3), 90, Suspension(0.5, 2, None))
    >>> design.rule.marks[:, 1].round(4).tolist()
    [1.8756, 3.0749]
    """

    parent: Keyboard
    window: float
    suspension: Suspension
    thirds: tuple[float, float, float] = THIRDS
    _rule: IntervalRule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        find_sound_window(self.window)
        find_sound_thirds(self.thirds)
        keyboard = self.parent
        rule = find_interval_rule(
            keyboard.decision_table,
            self.suspension,
            target=keyboard.target,
            cohorts=find_cohort_sizes(keyboard.cohorts, keyboard.cohort_size),
            effective=self._marks(keyboard.decision_table.longest),
            early_stop=keyboard.early_stop,
            only_staying=keyboard.early_stop_when == "staying",
        )
        object.__setattr__(self, "_rule", rule)

    def _marks(self, longest: int) -> tuple[Floats, Floats]:
        """Return where the strongest key passes the target key, for 0, 1, … DLTs.

        The search goes by halves in all rows at once; without DLT the lowest key is strongest.
        """
        edges, target = self.parent.keys
        keys, tox = np.array([float(edge) for edge in edges]), np.arange(longest + 1.0)
        # Where the mode is half the lower end of the target key, a lower key is strongest.
        far = 10 + tox * (2 / max(keys[target], keys[target + 1] / 8) - 1)
        marks = []
        for wanted in (target + 1, target):
            low, high = np.zeros(longest + 1), far.copy()
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                above = _strongest(keys, tox, middle) >= wanted
                low, high = np.where(above, middle, low), np.where(above, high, middle)
            marks.append(high)
        marks[0][0], marks[1][0] = -1.0, 0.0
        if target == 0:
            marks[1][:] = np.inf
        return marks[0], marks[1]

    @property
    def rule(self) -> IntervalRule:
        """The design as plain numbers."""
        return self._rule

    @property
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""
        return (LIN_YUAN_2020, *self.parent.references)

    def compared(self, n: int, tox: int, pending: int, followed: float) -> str:
        """Return the estimate with its limits, in words."""
        free = n - pending + followed - tox
        down, up = self._rule.marks[:, tox]
        if free + tox <= 0:
            return "no follow-up yet, so no estimate"
        line = f"{free:.3f} effective participants without DLT"
        if tox == 0 and up == 0:
            return f"{line}, none with one: escalate"
        return f"{line}: de-escalate at ≤ {down:.3f}, escalate at ≥ {up:.3f}"


def _strongest(keys: Floats, tox: Floats, free: Floats) -> Floats:
    """Return the index of the strongest key after DLTs and effective participants without."""
    # SciPy takes longer to import than most designs take to decide.
    from scipy.special import betainc

    below = betainc(1 + tox[:, np.newaxis], 1 + free[:, np.newaxis], keys)
    density = np.diff(below, axis=1) / np.diff(keys)
    found: Floats = density.shape[1] - 1 - np.argmax(density[:, ::-1], axis=1)
    return found
