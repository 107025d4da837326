"""Follow virtual patients of an arm: draw them, solve their course, judge their outcomes.

In pieces, so that a million patients need no more memory for their courses than four thousand.
One law: the same seed gives the same patients, whatever the arm.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.analysis.contrast import QUANTILES
from protocyte.kinetics.allogeneic.assemble import Setting, assemble_rows
from protocyte.kinetics.allogeneic.course import Course
from protocyte.kinetics.allogeneic.solve import solve_patients
from protocyte.kinetics.parameter import Floats
from protocyte.simulation.population.band import Band
from protocyte.simulation.population.draw import Draw, sample_patients
from protocyte.simulation.population.outcome.judge import judge_outcomes
from protocyte.simulation.population.outcome.response import find_question
from protocyte.simulation.population.outcome.table import HORIZON, Outcomes
from protocyte.simulation.population.setting import Arm

PIECE: Final = 4096
"""Patients that are solved at once."""
DAYS: Final = np.concatenate([np.arange(0, 29), np.arange(35, 91, 7), np.arange(105, 366, 20)])
"""Days on which courses are shown [d]."""
SHOWN: Final = {
    "car": "CAR-T cells in blood [cells/µL]",
    "host_t": "host T cells in blood [cells/µL]",
    "host_nk": "host NK cells in blood [cells/µL]",
    "target": "target cells [cells]",
    "inflammation": "IL-6 [pg/mL]",
    "activity": "disease activity, of that at infusion [1]",
}
"""What bands are kept of."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What became of the virtual patients of one arm.

    Parameters
    ----------
    arm : Arm
        The arm.
    setting : Setting
        What the trial fixed for the first piece of patients.
    days : ndarray of float, shape (n_days,)
        Days of the bands [d].
    bands : mapping of str to ndarray of float, shape (5, n_days)
        `QUANTILES`, by name of `SHOWN`.
    outcomes : Outcomes
        A line a patient.
    """

    arm: Arm
    setting: Setting
    days: Floats
    bands: Mapping[str, Floats]
    outcomes: Outcomes


def simulate_patients(
    arm: Arm, n: int, *, rng: np.random.Generator, tick: Callable[[int], None] | None = None
) -> Followed:
    """Follow virtual patients of an arm for a year.

    Parameters
    ----------
    arm : Arm
        The protocol at one dose level.
    n : int
        Number of patients, at least 1.
    rng : numpy.random.Generator
        Where chance comes from; generators of one seed give every arm the same patients.
    tick : callable, optional
        Called with the number of patients just finished.

    Returns
    -------
    Followed
        Bands and outcomes.

    Raises
    ------
    ProtocolError
        If the disease is not one of the model's, or a parameter is not known.

    Examples
    --------
    >>> from protocyte.protocol.rehearsal import Rehearsal
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_document, parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> rehearsal = parse_document(REHEARSAL, Rehearsal, file="scenarios.yaml").plan
    >>> arm = Arm("as written", plan, rehearsal, level=1)
    >>> followed = simulate_patients(arm, 3, rng=np.random.default_rng(1))
    >>> followed.outcomes.size, followed.bands["car"].shape[0]
    (3, 5)
    """
    days = np.union1d(DAYS, find_question(arm.plan).days)
    bands = {name: Band(days.size) for name in SHOWN}
    parts: list[Outcomes] = []
    first: Setting | None = None
    for size in _pieces(n):
        (own,) = rng.spawn(1)
        drawn = sample_patients(
            size,
            disease=arm.disease,
            patients=arm.rehearsal.patients,
            typical=arm.typical,
            spread=arm.rehearsal.kinetics.spread,
            rng=own,
        )
        setting = arm.set(drawn.weight)
        course = simulate_course(setting, drawn, days=days)
        for name, values in _shown(course).items():
            bands[name].add(values)
        parts.append(judge_outcomes(drawn, course, arm, setting))
        first = first or setting
        if tick:
            tick(size)
    assert first is not None
    lines = {name: band.quantiles(QUANTILES) for name, band in bands.items()}
    return Followed(arm, first, days, lines, Outcomes.join(parts))


def simulate_course(setting: Setting, drawn: Draw, *, days: Floats) -> Course:
    """Solve the courses of drawn patients in a setting.

    Parameters
    ----------
    setting : Setting
        What the trial fixes.
    drawn : Draw
        The patients.
    days : ndarray of float, shape (n_days,)
        Days to report [d], rising.

    Returns
    -------
    Course
        Courses over a year.

    Examples
    --------
    >>> from protocyte.protocol.rehearsal import Rehearsal
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_document, parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> rehearsal = parse_document(REHEARSAL, Rehearsal, file="scenarios.yaml").plan
    >>> arm = Arm("as written", plan, rehearsal, level=1)
    >>> drawn = sample_patients(
    ...     2, disease="B-ALL", patients=rehearsal.patients, rng=np.random.default_rng(1))
    >>> simulate_course(arm.set(drawn.weight), drawn, days=np.array([0.0, 28.0])).car.shape
    (2, 2)
    """
    rows = assemble_rows(setting, drawn.values, n=drawn.size)
    return solve_patients(rows, days=days, horizon=HORIZON)


def _pieces(n: int) -> list[int]:
    """Split a number of patients into pieces."""
    full, rest = divmod(n, PIECE)
    return [PIECE] * full + ([rest] if rest else [])


def _shown(course: Course) -> dict[str, Floats]:
    """Give what bands are kept of."""
    return {
        "car": course.car_per_ul,
        "host_t": course.host_t_per_ul,
        "host_nk": course.host_nk_per_ul,
        "target": np.asarray(course.target + course.escaped),
        "inflammation": course.inflammation,
        "activity": course.activity,
    }
