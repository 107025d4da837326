"""Where a compiled loop keeps one trial: arrays that are made once and used for every trial.

The loops themselves allocate nothing, so that they can be compiled without counting references to
arrays. Counting took half of their time.
"""

from typing import NamedTuple

import numpy as np

from protocyte.design.state import Floats, Integers
from protocyte.simulation.calendar_accrual import CLOCKS, COUNTS, FACTS


class Room(NamedTuple):
    """Arrays of one trial.

    Examples
    --------
    >>> Room.empty(levels=5, planned=30).rows.shape
    (30, 8)
    """

    clock: Floats
    """Times [d], in the places that the accrual names."""
    people: Integers
    """Counts of people [1], likewise."""
    rows: Floats
    """What is true of each participant."""
    state: Integers
    """Participants, those with a DLT, with a response, with both, at each dose."""
    n: Integers
    """Participants at each dose."""
    tox: Integers
    """Those with a DLT that is known."""
    pending: Integers
    """Those who are watched."""
    seen: Integers
    """How many rows were met, and how many are watched."""
    watched: Integers
    """Their rows."""
    doses: Integers
    """Their doses, for a fit."""
    scratch: Floats
    """Two numbers a participant, for a fit or for shares of windows [1]."""
    lists: Integers
    """The rows of each dose, for utilities."""
    expected: Floats
    """Six expected numbers a dose, for utilities."""
    tails: Floats
    """Four probabilities a dose, for utilities [1]."""
    weigh: Floats
    """Likelihoods at nodes of those without and with a DLT, and posterior weights, for a fit."""
    taken: Integers
    """Participants without and with a DLT at each dose that they include."""
    ends: Integers
    """The first node that is used, and the one after the last."""
    kept: Integers
    """Counts of those who are complete at each dose, and of rows, for utilities."""
    scores: Floats
    """Summed utility of those who are complete at each dose [1], and when that was seen [d]."""
    met: Integers
    """How many rows were met, are watched, and await a response, for backfilling."""
    open_rows: Integers
    """The rows whose toxicity is watched, in order."""
    awaited: Integers
    """The rows whose response will come."""
    sight: Floats
    """When the trial was seen last [d]."""
    views: Integers
    """Seven counts a dose, for backfilling."""
    followed: Floats
    """Sum of the shares of the window that pending participants were followed, at each dose."""
    events: Floats
    """DLTs at each dose, imputed ones included, for backfilling."""
    sizes: Floats
    """Participants that they are counted in."""

    @classmethod
    def empty(cls, *, levels: int, planned: int, extra: int = 0, nodes: int = 1) -> "Room":
        """Return room for one trial.

        Parameters
        ----------
        levels : int
            Dose levels.
        planned : int
            Participants at most, without backfilled ones.
        extra : int
            Backfilled participants at most.
        nodes : int
            Values of a parameter that is fitted.

        Returns
        -------
        Room
            Zeros.
        """
        whole = np.int64
        return cls(
            clock=np.zeros(CLOCKS + planned),
            people=np.zeros(COUNTS, whole),
            rows=np.zeros((planned + extra, FACTS)),
            state=np.zeros((levels, 4), whole),
            n=np.zeros(levels, whole),
            tox=np.zeros(levels, whole),
            pending=np.zeros(levels, whole),
            seen=np.zeros(2, whole),
            watched=np.zeros(planned, whole),
            doses=np.zeros(planned, whole),
            scratch=np.zeros((2, planned)),
            lists=np.zeros((levels, planned), whole),
            expected=np.zeros((levels, 6)),
            tails=np.zeros((4, levels)),
            weigh=np.zeros((3, nodes)),
            taken=np.zeros((2, levels), whole),
            ends=np.zeros(2, whole),
            kept=np.zeros((levels + 1, 4), whole),
            scores=np.zeros(levels + 1),
            met=np.zeros(3, whole),
            open_rows=np.zeros(planned + extra, whole),
            awaited=np.zeros(planned + extra, whole),
            sight=np.zeros(1),
            views=np.zeros((7, levels), whole),
            followed=np.zeros(levels),
            events=np.zeros(levels),
            sizes=np.zeros(levels),
        )
