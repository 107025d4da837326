"""BOP2 for two endpoints at once: response with toxicity, or two responses.

The prior of the joint outcomes is a Dirichlet distribution of total 1 that agrees with the null
hypothesis; each endpoint then has a beta posterior of its own, and both use one curve of certainty.
"""

from dataclasses import dataclass, field
from typing import Literal, final

import numpy as np

from protocyte.design.decision import Reason
from protocyte.design.design import DecisionRow
from protocyte.design.kinds import find_sound_kinds
from protocyte.design.outcome import Outcomes
from protocyte.design.paper import ZHOU_2017
from protocyte.design.scenario import Scenario
from protocyte.design.single_arm.arm import SingleArm
from protocyte.design.single_arm.bop2 import BOP2
from protocyte.design.state import Booleans, Integers, Start, States, Steps
from protocyte.errors import DesignError

Fails = Literal["either", "both"]


@final
@dataclass(frozen=True, slots=True)
class JointBOP2(SingleArm):
    """Stop when too few respond or too many have a toxicity, by one calibrated curve.

    Each endpoint is judged as in `BOP2`, response against ``eff0`` and toxicity, its mirror image,
    against ``tox0``. With ``fails="either"`` one failing endpoint stops the trial and the treatment
    needs both at the end; so response and toxicity are watched. With ``fails="both"`` only both
    together stop it and one suffices at the end; so two responses are (co-primary endpoints): a
    participant *without* the second response is then counted as a toxicity, and ``tox0`` is one
    minus the second response's null rate. These are the conventions of the program BOP2FE.

    Parameters
    ----------
    looks : tuple of int
        Participants at each look, increasing; the last is N.
    eff0 : float
        Response probability that is not interesting [1].
    tox0 : float
        Toxicity probability that is not acceptable [1].
    cutoff, shape : float
        Certainty asked for at the last look, and how late it is asked for [1].
    fails : {"either", "both"}
        Which failing endpoints stop the trial.
    eff1, tox1 : float, optional
        Response probability that is wanted, and toxicity probability that is acceptable [1].

    Raises
    ------
    DesignError
        If the settings contradict each other.

    References
    ----------
    .. [1] Zhou H, Lee JJ, Yuan Y. BOP2: Bayesian optimal design for phase II clinical trials with
       simple and complex endpoints. *Stat Med* 2017;36:3302-3314. doi:10.1002/sim.7338

    Examples
    --------
    >>> design = JointBOP2((10, 20, 30, 40), eff0=0.2, tox0=0.4, cutoff=0.8, shape=0.9)
    >>> design.futile_at, design.toxic_from
    ((1, 3, 6, 10), (6, 9, 12, 14))
    """

    looks: tuple[int, ...]
    eff0: float
    tox0: float
    cutoff: float
    shape: float
    fails: Fails = "either"
    eff1: float | None = None
    tox1: float | None = None
    _futile: Integers = field(init=False, repr=False, compare=False)
    _toxic: Integers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        eff = BOP2(self.looks, self.eff0, self.cutoff, self.shape, self.eff1)
        tox = BOP2(self.looks, self.tox0, self.cutoff, self.shape, self.tox1, "tox")
        object.__setattr__(self, "_futile", np.array(eff.boundary.low))
        object.__setattr__(self, "_toxic", np.array(tox.boundary.high))
        if self.fails not in ("either", "both"):
            raise DesignError(f"fails is {self.fails!r}; give 'either' or 'both'.")

    @property
    def features(self) -> tuple[str, ...]:
        """What it counts: participants, toxicities and responses."""
        return ("n", "tox", "eff")

    @property
    def planned(self) -> int:
        """The most participants that it treats."""
        return self.looks[-1]

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (ZHOU_2017,)

    @property
    def futile_at(self) -> tuple[int, ...]:
        """At most so many responses are too few, at each look; -1 for never."""
        return tuple(int(count) for count in self._futile)

    @property
    def toxic_from(self) -> tuple[int, ...]:
        """At least so many toxicities are too many, at each look."""
        return tuple(int(count) for count in self._toxic)

    def start(self) -> Start:
        """Return the participants of the first look."""
        return Start(0, self.looks[0])

    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state."""
        looks, n = np.array(self.looks), states.at("n")
        k = np.minimum(np.searchsorted(looks, n), len(looks) - 1)
        here = looks[k] == n
        futile, toxic = self._failing(states, k)
        reason = np.full(len(states), Reason.FILL, dtype=np.int8)
        reason[here] = Reason.NEXT_STAGE
        if self.fails == "either":
            reason[here & futile] = Reason.FUTILE
            reason[here & toxic] = Reason.HARMFUL
        else:
            reason[here & futile & toxic] = Reason.FUTILE
        reason[n >= looks[-1]] = Reason.PLANNED
        stopped = reason < Reason.START
        size = looks[np.minimum(k + here, len(looks) - 1)] - n
        return Steps(np.where(stopped, -1, 0), np.where(stopped, 0, size), reason)

    def select_states(self, states: States) -> Integers:
        """Return 0 where all were treated and the endpoints suffice, -1 elsewhere."""
        n = states.of("n")[:, 0]
        futile, toxic = self._failing(states, np.full(len(states), len(self.looks) - 1))
        failed = futile | toxic if self.fails == "either" else futile & toxic
        return np.where((n >= self.planned) & ~failed, 0, -1)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each."""
        n = outcomes.n[0]
        if n not in self.looks and n < self.planned:
            following = next(look for look in self.looks if look > n)
            return (f"{n} of {following} participants before the next look",)
        return self._compared(outcomes, min(n, self.planned))

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each."""
        told = f"{outcomes.n[0]} of {self.planned} participants treated"
        return (told, *self._compared(outcomes, self.planned))

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:
        """Return what follows each pair of counts at each look."""
        rows = []
        for n, low, high in zip(self.looks, self.futile_at, self.toxic_from, strict=True):
            if up_to is not None and n > up_to:
                break
            go, stop = ("active", "not active") if n == self.planned else ("go on", "stop")
            for tox in range(n + 1):
                for eff in range(n + 1):
                    fails = (eff <= low, tox >= high)
                    failed = any(fails) if self.fails == "either" else all(fails)
                    told = stop if failed else go
                    rows.append(DecisionRow(n, tox, eff, told, eliminate=False))
        return tuple(rows)

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return 0 if the treatment is good in truth, -1 if not, None in between."""
        if None in (self.eff1, self.tox1) or scenario.eff is None or scenario.tox is None:
            return None
        eff, tox = scenario.eff[0], scenario.tox[0]
        good = (eff >= (self.eff1 or 0), tox <= (self.tox1 or 0))
        bad = (eff <= self.eff0, tox >= self.tox0)
        if self.fails == "either":
            return 0 if all(good) else -1 if any(bad) else None
        return 0 if any(good) else -1 if all(bad) else None

    def _failing(self, states: States, k: Integers) -> tuple[Booleans, Booleans]:
        """Return whether responses are too few, and toxicities too many, at some look."""
        eff, tox = states.of("eff")[:, 0], states.of("tox")[:, 0]
        return eff <= self._futile[k], tox >= self._toxic[k]

    def _compared(self, outcomes: Outcomes, n: int) -> tuple[str, ...]:
        k = self.looks.index(n)
        eff, tox = 0 if outcomes.eff is None else outcomes.eff[0], outcomes.tox[0]
        responses = f"{eff} response{'' if eff == 1 else 's'} in {outcomes.n[0]}"
        toxicities = f"{tox} toxicit{'y' if tox == 1 else 'ies'} in {outcomes.n[0]}"
        return (
            f"{responses}: too few at ≤ {self.futile_at[k]}",
            f"{toxicities}: too many at ≥ {self.toxic_from[k]}",
        )
