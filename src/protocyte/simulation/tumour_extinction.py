"""The end of a tumour by chance: below a hundred cells, births and deaths of single cells decide.

The stochastic half of Kimmel 2021. Tumour cells divide at the rate r_B and are killed at
gamma_B C(t)/(k_B + C(t)), which follows the CAR-T cells of the deterministic course. Extinction is
cure; progression is 1.2 times the tumour at infusion.
One law: what is drawn can be computed as well, by Kendall's closed form, and the two agree.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cumulative_simpson

from protocyte.errors import ProtocolError
from protocyte.kinetics.convergence import Convergence
from protocyte.kinetics.kimmel_2021_axicabtagene import solve_competition
from protocyte.kinetics.kimmel_2021_equation import PROGRESSION_AT, STOCHASTIC_BELOW
from protocyte.kinetics.parameter import Floats

STEP: Final = 0.1
"""Distance of the days on which rates of killing are computed [d]."""

BLOCK: Final = 200
"""Patients that are simulated together; their courses are in memory."""

ESCAPED_AT: Final = 10.0
"""Tumour cells, of those where chance begins, from which the course is followed without chance [1].
From ten times as many cells extinction has the tenth power of its probability."""


@unique
class TumourEnd(IntEnum):
    """What became of a tumour by the horizon.

    Examples
    --------
    >>> TumourEnd(1).name
    'CURE'
    """

    NEITHER = 0
    CURE = 1
    PROGRESSION = 2
    UNSOLVED = 3


@dataclass(frozen=True, slots=True, eq=False)
class TumourEnds:
    """How the tumours of virtual patients end.

    Parameters
    ----------
    end : ndarray of int, shape (n_patients,)
        What became of each tumour, as `TumourEnd`.
    day : ndarray of float, shape (n_patients,)
        Day of cure or of progression [d]; NaN if there was neither by the horizon.
    cure_probability : ndarray of float, shape (n_patients,)
        Probability, given the patient's parameters, that the tumour is extinct by the horizon [1].
    convergence : ndarray of int, shape (n_patients,)
        How the course was solved, as `Convergence`; 0 if it was.

    Examples
    --------
    >>> from protocyte.simulation.virtual_patients import sample_kimmel_patients
    >>> rng = np.random.default_rng(1)
    >>> patients = sample_kimmel_patients(4, typical={"r_b": 0.105}, rng=rng)
    >>> simulate_tumours(patients.parameters, horizon=500.0, rng=rng).day.shape
    (4,)
    """

    end: NDArray[np.int_]
    day: Floats
    cure_probability: Floats
    convergence: NDArray[np.int_]


def find_extinction(days: Floats, death: Floats, *, birth: float, cells: float) -> Floats:
    r"""Find the probability that no tumour cell is left, by Kendall's closed form.

    Parameters
    ----------
    days : ndarray of float, shape (n_days,)
        Rising days [d], at least 3, close enough to integrate the rates by Simpson's rule.
    death : ndarray of float, shape (n_days,)
        Rate at which each cell dies on those days [1/d], not negative.
    birth : float
        Rate at which each cell divides [1/d], not negative.
    cells : float
        Cells on the first day [cells], positive.

    Returns
    -------
    ndarray of float, shape (n_days,)
        Probability of extinction by each day [1].

    Raises
    ------
    ProtocolError
        If the days do not rise, a rate is negative, or there is no cell.

    Notes
    -----
    With :math:`\rho(t) = \int_0^t (\mu - \lambda)`, one cell has died out by :math:`t` with
    probability :math:`J/(1 + J)`, where :math:`J(t) = \int_0^t \mu(s)\, e^{\rho(s)}\, ds`. Cells
    are independent, so that :math:`n` cells have died out with its :math:`n`-th power.

    References
    ----------
    .. [1] Kendall DG. On the generalized "birth-and-death" process. *Ann Math Stat*
       1948;19:1-15. doi:10.1214/aoms/1177730285

    Examples
    --------
    >>> days = np.linspace(0.0, 10.0, 1001)
    >>> chance = find_extinction(days, np.full(1001, 0.2), birth=0.2, cells=1)
    >>> chance[[0, 500, 1000]].round(6).tolist()  # t / (1 / 0.2 + t)
    [0.0, 0.5, 0.666667]
    """
    _check_rates(days, death, np.asarray(birth), np.asarray(cells))
    rho = cumulative_simpson(death - birth, x=days, initial=0.0)
    # A tumour killed many times over is extinct: infinities may meet in Simpson's rule.
    with np.errstate(over="ignore", invalid="ignore"):
        killed = cumulative_simpson(death * np.exp(rho), x=days, initial=0.0)
    # Simpson's rule may fall by a rounding error where a probability cannot.
    killed = np.maximum.accumulate(np.maximum(np.nan_to_num(killed, nan=np.inf), 0.0))
    with np.errstate(divide="ignore", over="ignore"):  # nothing killed: the probability is 0
        return np.asarray(np.exp(-cells * np.log1p(1 / killed)))


def simulate_extinction(
    days: Floats,
    death: Floats,
    *,
    birth: float | Floats,
    cells: Floats,
    start: float | Floats | None = None,
    escaped_at: float = math.inf,
    watched_until: float | Floats = -math.inf,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Simulate tumours cell by cell.

    Parameters
    ----------
    days : ndarray of float, shape (n_days,)
        Rising days [d], at least 3; rates between them are interpolated.
    death : ndarray of float, shape (n_days,) or (n_tumours, n_days)
        Rate at which each cell dies on those days [1/d], not negative.
    birth : float or ndarray of float, shape (n_tumours,)
        Rate at which each cell divides [1/d], not negative.
    cells : ndarray of float, shape (n_tumours,)
        Cells in the beginning [cells], whole numbers above zero.
    start : float or ndarray of float, shape (n_tumours,), optional
        Day of the beginning [d]; the first day unless given.
    escaped_at : float
        Number of cells [cells] at which a tumour is left alone; infinite if never.
    watched_until : float or ndarray of float, shape (n_tumours,)
        Day up to which no tumour is left alone [d], because killing will still outdo growth.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    tuple of ndarray of float, shape (n_tumours,)
        Day on which each tumour ended, that is, was extinct or reached ``escaped_at`` [d], the last
        day if neither; and the cells that it then had [cells].

    Raises
    ------
    ProtocolError
        If the days do not rise, a rate is negative, or there is no cell.

    Notes
    -----
    Every birth and death is drawn. Candidates come at the highest rate that is ever reached, and
    are thinned to the rate of their own moment, so that nothing is held still between events.

    References
    ----------
    .. [1] Lewis PAW, Shedler GS. Simulation of nonhomogeneous Poisson processes by thinning.
       *Nav Res Logist Q* 1979;26:403-413. doi:10.1002/nav.3800260304

    Examples
    --------
    >>> days = np.linspace(0.0, 200.0, 2001)
    >>> last, left = simulate_extinction(days, np.full(2001, 0.5), birth=0.1, cells=np.full(5, 3.0),
    ...                                  rng=np.random.default_rng(1))
    >>> left.tolist(), bool((last < 200).all())
    ([0.0, 0.0, 0.0, 0.0, 0.0], True)
    """
    left = np.array(cells, dtype=np.float64)
    births = np.broadcast_to(np.asarray(birth, dtype=np.float64), left.shape)
    _check_rates(days, death, births, left)
    moment = np.full(left.shape, days[0] if start is None else start, dtype=np.float64)
    end, highest = float(days[-1]), births + death.max(axis=-1)
    deaths = np.atleast_2d(death)
    row = np.broadcast_to(np.arange(deaths.shape[0]), left.shape)
    watched = np.broadcast_to(np.asarray(watched_until, dtype=np.float64), left.shape)
    going = np.flatnonzero((left < escaped_at) | (moment < watched))
    while going.size:
        with np.errstate(divide="ignore"):  # where nothing ever happens, it happens at infinity
            wait = rng.standard_exponential(going.size) / (highest[going] * left[going])
        moment[going] = np.minimum(moment[going] + wait, end)
        going = going[moment[going] < end]
        place = np.searchsorted(days, moment[going], side="right") - 1
        share = (moment[going] - days[place]) / (days[place + 1] - days[place])
        before, after = (deaths[row[going], place + ahead] for ahead in (0, 1))
        killed = before + share * (after - before)
        drawn = highest[going] * rng.random(going.size)
        born = drawn < births[going]
        left[going] += np.where(born, 1.0, -1.0 * (drawn < births[going] + killed))
        kept = (left[going] < escaped_at) | (moment[going] < watched[going])
        going = going[kept & (left[going] > 0)]
    return moment, left


def simulate_tumours(
    parameters: Mapping[str, Floats],
    *,
    horizon: float,
    threshold: float = STOCHASTIC_BELOW,
    rng: np.random.Generator,
) -> TumourEnds:
    """Simulate cure and progression of virtual patients, one tumour each.

    Parameters
    ----------
    parameters : mapping of str to ndarray of float, shape (n_patients,)
        What `solve_competition` takes, by name [unit of the model's table].
    horizon : float
        Last day [d], positive.
    threshold : float
        Tumour cells below which chance decides [cells], at least 1; the paper has 100.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    TumourEnds
        The end of each tumour, its day, and the probability of cure.

    Raises
    ------
    ProtocolError
        If the parameters do not fit the model, or the horizon or the threshold is no number for it.

    Notes
    -----
    The tumour follows the deterministic course until it falls below the threshold, and lives by
    births and deaths from there, even where it grows above the threshold again: at ten times the
    threshold, once killing no longer outdoes growth, it returns to the course, scaled to the cells
    that it has. The authors' code returns
    to the course at the threshold itself. A patient whose tumour never falls below it cannot be
    cured, as in the paper.

    References
    ----------
    .. [1] Kimmel GJ, Locke FL, Altrock PM. *Proc R Soc B* 2021;288:20210229. Section 3d and
       figure 4. doi:10.1098/rspb.2021.0229

    Examples
    --------
    >>> from protocyte.kinetics.kimmel_2021_axicabtagene import PARAMETERS
    >>> several = {name: np.full(3, value) for name, value in PARAMETERS.values(r_b=0.05).items()}
    >>> ends = simulate_tumours(several, horizon=600.0, rng=np.random.default_rng(1))
    >>> [TumourEnd(end).name for end in ends.end], ends.cure_probability.round(3).tolist()
    (['CURE', 'CURE', 'CURE'], [0.997, 0.997, 0.997])
    """
    if not (math.isfinite(horizon) and horizon > 0):
        raise ProtocolError(f"a horizon of {horizon:g} days is not a time; give days above zero")
    if not (math.isfinite(threshold) and threshold >= 1):
        raise ProtocolError(f"chance cannot begin below {threshold:g} cells; give at least 1")
    days = np.linspace(0.0, horizon, max(3, math.ceil(horizon / STEP) + 1))
    columns = {name: np.atleast_1d(values) for name, values in parameters.items()}
    n = max((column.size for column in columns.values()), default=0)
    blocks = [
        _simulate_block(
            days,
            {name: column[at : at + BLOCK] for name, column in columns.items()},
            threshold,
            rng,
        )
        for at in range(0, n, BLOCK)
    ]
    end, day, chance, code = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return TumourEnds(end, day, chance, code)


def _simulate_block(
    days: Floats, parameters: Mapping[str, Floats], threshold: float, rng: np.random.Generator
) -> tuple[NDArray[np.int_], Floats, Floats, NDArray[np.int_]]:
    """Give the end, its day, the probability of cure and the convergence of some patients."""
    course = solve_competition(days, **parameters)
    growth, capacity = parameters["r_b"], parameters["k_b"][:, np.newaxis]
    killing = parameters["gamma_b"][:, np.newaxis] * course.car / (capacity + course.car)
    day = course.progression_day.copy()
    end = np.where(np.isnan(day), TumourEnd.NEITHER, TumourEnd.PROGRESSION)
    end[course.convergence != Convergence.SOLVED] = TumourEnd.UNSOLVED
    chance = np.where(end == TumourEnd.UNSOLVED, math.nan, 0.0)

    small = course.tumour < threshold
    first = np.argmax(small, axis=1)
    # Progression before the fall is the end: the paper stops there.
    early = day < days[first]
    dying = np.flatnonzero(small.any(axis=1) & ~early & (first < days.size - 3))
    cells = np.maximum(1.0, np.round(course.tumour[dying, first[dying]]))
    for i, number in zip(dying, cells, strict=True):
        later = slice(first[i], None)
        found = find_extinction(
            days[later], killing[i, later], birth=float(growth[i]), cells=float(number)
        )
        chance[i] = found[-1]
    moment, left = simulate_extinction(
        days,
        killing[dying],
        birth=growth[dying],
        cells=cells,
        start=days[first[dying]],
        escaped_at=ESCAPED_AT * threshold,
        watched_until=np.max(days * (killing[dying] > growth[dying, np.newaxis]), axis=1),
        rng=rng,
    )
    cured = left == 0
    end[dying[cured]], day[dying[cured]] = TumourEnd.CURE, moment[cured]
    for i, at, number in zip(dying[~cured], moment[~cured], left[~cured], strict=True):
        size = PROGRESSION_AT * float(parameters["b_start"][i])
        day[i] = _progression_day(days, course.tumour[i], at, number / size)
        end[i] = TumourEnd.NEITHER if math.isnan(day[i]) else TumourEnd.PROGRESSION
    return end, day, chance, np.asarray(course.convergence)


def _progression_day(days: Floats, tumour: Floats, since: float, share: float) -> float:
    """Give the day on which a tumour that is a share of its size at progression reaches it.

    It grows as the course does, from the cells that it has.
    """
    course = np.log(tumour)
    over = course - np.interp(since, days, course) + math.log(share)
    found = np.flatnonzero((days > since) & (over >= 0))
    if not found.size:
        return math.nan
    at = int(found[0])
    return float(np.interp(0.0, over[at - 1 : at + 1], days[at - 1 : at + 1]))


def _check_rates(days: Floats, death: Floats, birth: Floats, cells: Floats) -> None:
    """Refuse rates that no birth-death process has."""
    if days.ndim != 1 or days.size < 3 or not np.all(np.diff(days) > 0):
        raise ProtocolError("the days do not rise, or are fewer than three; sort them, each once")
    fits = death.shape in (days.shape, (*cells.shape, days.size))
    if not fits or not np.all(np.isfinite(death) & (death >= 0)):
        raise ProtocolError("the rates of death are not one number a day, 0 or more; give 1/d")
    if not np.all(np.isfinite(birth) & (birth >= 0)):
        raise ProtocolError("a rate of birth is not a number of 0 or more; give 1/d")
    if not np.all(np.isfinite(cells) & (cells > 0)):
        raise ProtocolError("a tumour without cells cannot die out; give at least one cell")
