"""Keyboard: compare the strongest key with the target key."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, final

import numpy as np

from protocyte.design.paper import YAN_2017
from protocyte.design.toxicity.decision_table import Moves
from protocyte.design.toxicity.interval_design import EquivalenceDesign
from protocyte.design.toxicity.strongest_interval import find_keys, find_strongest_interval
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class Keyboard(EquivalenceDesign):
    """Find the MTD with the Keyboard design.

    Keys as wide as the target key tile the DLT probabilities in both directions. The key that the
    posterior finds strongest decides: escalate if it lies below the target key, de-escalate if
    above. Of equally strong keys the higher decides.

    Parameters
    ----------
    target, n_doses, cohorts, cohort_size, start_dose, certainty, close_from : optional
        As every `IntervalDesign` has them. The R package prints a table that closes doses from the
        first participant on, ``close_from=1``, and runs trials with 3.
    extra_safe, early_stop, early_stop_when : optional
        As every `IntervalDesign` has them.
    margin_below, margin_above : float
        How far the target key reaches below and above the target [1].
    edges : {"drop", "rescale"}
        The shorter keys at either end: left out, as in the paper, or kept with their own width, as
        in the R package.

    Raises
    ------
    DesignError
        If settings contradict each other.

    References
    ----------
    .. [1] Yan F, Mandrekar SJ, Yuan Y. Keyboard: a novel Bayesian toxicity probability interval
       design for phase I clinical trials. *Clin Cancer Res* 2017;23:3994-4003.
       doi:10.1158/1078-0432.CCR-17-0220

    Examples
    --------
    >>> Keyboard(target=0.3, n_doses=5).moves(3).tolist()
    [1, 0, -1, -1]
    """

    edges: Literal["drop", "rescale"] = "drop"

    @property
    def keys(self) -> tuple[tuple[Fraction, ...], int]:
        """Where the keys begin and the last ends [1], and the index of the target key."""
        return find_keys(*self.interval, edges=self.edges)

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (YAN_2017,)

    def check_settings(self) -> None:
        """Refuse a target key that leaves the probabilities."""
        EquivalenceDesign.check_settings(self)
        if self.edges not in ("drop", "rescale"):
            raise DesignError(f"edges is {self.edges!r}; name 'drop' or 'rescale'.")

    def moves(self, n: int) -> Moves:
        """Return how many levels up the next dose is, for 0, 1, … n DLTs."""
        keys, target = self.keys
        return np.sign(target - find_strongest_interval(keys, n)).astype(np.int8)

    def explain_counts(self, n: int, tox: int) -> str:
        """Return the strongest key and the target key."""
        keys, target = self.keys
        strongest = int(find_strongest_interval(keys, n)[tox])
        low, high, left, right = (
            float(keys[k]) for k in (strongest, strongest + 1, target, target + 1)
        )
        return f": strongest key {low:g} to {high:g}, target key {left:g} to {right:g}"
