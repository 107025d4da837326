"""Which uncertain numbers the results lean on: Sobol indices over the ranges of the model.

Every number with a range is moved through it, all at once; the same patients, with the same luck,
are followed at every point. One law: a number is never left out because it is inconvenient; only
numbers with a range can be moved, and those without one are counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import sobol_indices, uniform

from protocyte.analysis.sensitivity import Sensitivity
from protocyte.errors import ProtocolError
from protocyte.kinetics.allogeneic import parameters, target
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.parameter import Floats, Parameter
from protocyte.simulation.population.draw import sample_patients
from protocyte.simulation.population.follow import simulate_course
from protocyte.simulation.population.outcome.judge import judge_outcomes
from protocyte.simulation.population.outcome.response import find_question
from protocyte.simulation.population.outcome.table import Outcomes
from protocyte.simulation.population.setting import Arm

OUTPUTS: Final[dict[str, Callable[[Outcomes], float]]] = {
    "Peak of CAR-T cells (ln of the median)": lambda o: float(np.log(np.median(o.peak) + 1e-6)),
    "CAR-T cells seen on day 28": lambda o: float(np.mean(np.nan_to_num(o.last_seen) >= _MONTH)),
    "Complete response": lambda o: float(o.complete.mean()),
    "CRS of grade 3 or more": lambda o: float(np.mean(o.crs >= _SEVERE)),
}
"""What is looked at: one number a population."""

_MONTH: Final = 28.0
_SEVERE: Final = 3
_WIDE: Final = 3.0
_FEWEST: Final = 16


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number of the model that is not known well.

    Parameters
    ----------
    parameter : Parameter
        The number.
    low, high : float
        Ends of its range [its unit].
    """

    parameter: Parameter
    low: float
    high: float

    def at(self, share: Floats) -> Floats:
        """Give its value at shares of its range [1]; on a log scale where the range is wide."""
        if self.low > 0 and self.high / self.low > _WIDE:
            return np.asarray(self.low * (self.high / self.low) ** share)
        return np.asarray(self.low + (self.high - self.low) * share)


def find_uncertain(arm: Arm) -> list[Uncertain]:
    """Find the numbers with a range that matter to an arm's disease.

    Parameters
    ----------
    arm : Arm
        The protocol at one dose level.

    Returns
    -------
    list of Uncertain
        Numbers, in the order of their tables.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> found = find_uncertain(Arm("example", plan, truths, 1))
    >>> "nk_rejection" in [one.parameter.name for one in found]
    True
    """
    of = Target.of(arm.disease)
    unused = {one.name for one in target.PARAMETERS if one.name.startswith("growth_")}
    unused -= {of.growth or ""}
    found = []
    for one in (*parameters.PARAMETERS, *target.PARAMETERS):
        if one.spread is None or one.spread.kind != "range" or one.name in unused:
            continue
        low, high = map(float, one.spread.printed)
        found.append(Uncertain(one, low, high))
    return found


def find_sensitivity(
    arm: Arm,
    *,
    points: int,
    patients: int,
    make: Callable[[], np.random.Generator],
    tick: Callable[[int], None] | None = None,
) -> Sensitivity:
    """Find how much of the spread of each result each uncertain number explains.

    Parameters
    ----------
    arm : Arm
        The protocol at one dose level.
    points : int
        Base points, a power of two from 16; the model is run ``points * (numbers + 2)`` times.
    patients : int
        Patients followed at each point.
    make : callable
        Makes a generator of the same seed each time it is called.
    tick : callable, optional
        Called with the number of runs just finished.

    Returns
    -------
    Sensitivity
        First-order and total indices.

    Raises
    ------
    ProtocolError
        If ``points`` is not a power of two from 16.

    References
    ----------
    .. [1] Sobol IM. Global sensitivity indices for nonlinear mathematical models and their Monte
       Carlo estimates. *Math Comput Simul* 2001;55:271-280.
    .. [2] Saltelli A, et al. Variance based sensitivity analysis of model output. *Comput Phys
       Commun* 2010;181:259-270. Table 2.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> find_sensitivity(Arm("example", plan, truths, 1), points=20, patients=5,
    ...                  make=lambda: np.random.default_rng(1))
    Traceback (most recent call last):
    protocyte.errors.ProtocolError: 20 points are not a power of two from 16; give 64, 128, 256 \
and so on
    """
    if points < _FEWEST or points & (points - 1):
        raise ProtocolError(
            f"{points} points are not a power of two from {_FEWEST}; give 64, 128, 256 and so on"
        )
    moved = find_uncertain(arm)
    ran = []

    def run(shares: Floats) -> Floats:
        found = np.empty((len(OUTPUTS), shares.shape[1]))
        for column in range(shares.shape[1]):
            found[:, column] = _outputs(arm, moved, shares[:, column], patients, make())
            if tick:
                tick(1)
        # scipy centres what it is given in its place.
        ran.append(found.copy())
        return found

    indices = sobol_indices(func=run, n=points, dists=[uniform(0, 1)] * len(moved), rng=make())
    base = np.concatenate(ran, axis=1)
    return Sensitivity(
        outputs=tuple(OUTPUTS),
        parameters=tuple(one.parameter for one in moved),
        first=np.atleast_2d(indices.first_order),
        total=np.atleast_2d(indices.total_order),
        low=np.quantile(base, 0.05, axis=1),
        high=np.quantile(base, 0.95, axis=1),
        runs=base.shape[1],
    )


def find_runs(arm: Arm, points: int) -> int:
    """Find how many runs `find_sensitivity` takes.

    Parameters
    ----------
    arm : Arm
        The protocol at one dose level.
    points : int
        Base points [1].

    Returns
    -------
    int
        Runs [1].

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> find_runs(Arm("example", plan, truths, 1), 16) > 300
    True
    """
    return points * (len(find_uncertain(arm)) + 2)


def _outputs(
    arm: Arm,
    moved: Sequence[Uncertain],
    shares: Floats,
    patients: int,
    rng: np.random.Generator,
) -> list[float]:
    """Follow the same patients with other numbers; give one result each."""
    values = {
        one.parameter.name: float(one.at(np.asarray(share)))
        for one, share in zip(moved, shares, strict=True)
    }
    changed = arm.with_typical(values)
    drawn = sample_patients(
        patients,
        disease=arm.disease,
        patients=arm.rehearsal.patients,
        typical=changed.typical,
        spread=arm.rehearsal.kinetics.spread,
        rng=rng,
    )
    setting = changed.set(drawn.weight)
    course = simulate_course(setting, drawn, days=np.unique(find_question(arm.plan).days))
    outcomes = judge_outcomes(drawn, course, changed, setting)
    return [find(outcomes) for find in OUTPUTS.values()]
