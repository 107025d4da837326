"""The same virtual patients under several protocols, or under one with its knobs turned.

One law: every difference is between a patient and the same patient, so that luck cancels out.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocyte.analysis.contrast import Contrast, PatientArm
from protocyte.errors import ProtocolError
from protocyte.kinetics.allogeneic.terms import GENES
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.simulation.population.follow import Followed, follow_patients
from protocyte.simulation.population.knob import Knobs
from protocyte.simulation.population.outcome.table import Outcomes
from protocyte.simulation.population.setting import Arm

AS_WRITTEN: Final = "as written"
_MOST_EDITS: Final = 2
_WEEKS: Final = 28.0

EVENTS: Final[dict[str, Callable[[Outcomes], NDArray[np.bool_]]]] = {
    "CAR-T cells seen on day 28": lambda o: np.nan_to_num(o.last_seen) >= _WEEKS,
    "Response, as the protocol counts it": lambda o: o.responds,
    "Complete response or remission": lambda o: o.complete,
    "CRS": lambda o: o.crs > 0,
    "CRS of grade 3 or more": lambda o: o.crs >= 3,
    "ICANS": lambda o: o.icans > 0,
    "GvHD of grade 2 or more": lambda o: o.gvhd >= 2,
    "ICAHT of grade 3 or more": lambda o: o.icaht >= 3,
    "Dose-limiting toxicity": lambda o: o.toxic,
    "Antigen-positive relapse or progression within a year": lambda o: o.relapse_kind == 1,
    "Antigen-negative relapse within a year": lambda o: o.relapse_kind == 2,
}
"""Outcomes that happen or do not, by name."""

NUMBERS: Final[dict[str, Callable[[Outcomes], Floats]]] = {
    "Peak of CAR-T cells [cells/µL]": lambda o: o.peak,
    "Day of the peak [d]": lambda o: o.peak_day,
    "CAR-T cells last seen [d]": lambda o: np.nan_to_num(o.last_seen),
    "Exposure over 28 days [cells/µL·d]": lambda o: o.auc_28,
    "Peak of IL-6 [pg/mL]": lambda o: o.il6_peak,
}
"""Outcomes that are numbers, by name."""


def find_arms(plan: Protocol, rehearsal: Rehearsal, *, level: int | None = None) -> list[Arm]:
    """Find what a protocol's own product is worth comparing with.

    Parameters
    ----------
    plan : Protocol
        The protocol.
    rehearsal : Rehearsal
        Its rehearsal.
    level : int or None
        Dose level, from 1.

    Returns
    -------
    list of Arm
        As written, then without its armour, or without one edit each, then without any; an
        autologous product without lymphodepletion.

    Raises
    ------
    ProtocolError
        If a level is asked for that the protocol does not have.
    """
    check_level(plan, level)
    product = plan.product
    edits = tuple(gene for gene in product.edits or () if gene in GENES)
    knobs: list[Knobs] = []
    if product.armour:
        knobs.append(Knobs(without=product.armour))
    elif len(edits) > 1:
        knobs += [Knobs(without=(gene,)) for gene in edits[:_MOST_EDITS]]
    if product.is_autologous:
        knobs.append(Knobs(lymphodepletion="none"))
    elif edits or product.edits is None:
        knobs.append(Knobs(edits=(), armour=()))
    first = Arm(AS_WRITTEN, plan, rehearsal, level)
    return [first, *(turn(knob, first) for knob in knobs)]


def turn(knobs: Knobs, arm: Arm) -> Arm:
    """Turn the knobs of an arm.

    Parameters
    ----------
    knobs : Knobs
        What is changed.
    arm : Arm
        The arm.

    Returns
    -------
    Arm
        The changed one, named by what was changed.
    """
    plan, rehearsal = knobs.turn(arm.plan, arm.rehearsal)
    label = "unedited" if knobs == Knobs(edits=(), armour=()) else knobs.label
    return Arm(label, plan, rehearsal, arm.level, knobs.dose)


def check_level(plan: Protocol, level: int | None) -> None:
    """Refuse a dose level that the protocol does not have."""
    levels = len(plan.dosing.levels) if plan.dosing else 0
    if level is not None and not 1 <= level <= levels:
        has = f"levels 1 to {levels}" if levels else "no dose levels"
        raise ProtocolError(f"{plan.name} has {has}, and level {level} was asked for")


def contrast_arms(
    arms: Sequence[Arm],
    n: int,
    *,
    make: Callable[[], np.random.Generator],
    tick: Callable[[int], None] | None = None,
) -> Contrast:
    """Follow the same patients in every arm.

    Parameters
    ----------
    arms : sequence of Arm
        Arms, the one to compare with first.
    n : int
        Number of patients, at least 1.
    make : callable
        Makes a generator of the same seed each time it is called.
    tick : callable, optional
        Called with the number of patients just finished.

    Returns
    -------
    Contrast
        What became of them.
    """
    return Contrast(
        tuple(summarise(follow_patients(arm, n, rng=make(), tick=tick)) for arm in arms)
    )


def summarise(followed: Followed) -> PatientArm:
    """Give what a contrast needs of an arm.

    Parameters
    ----------
    followed : Followed
        What became of its patients.

    Returns
    -------
    PatientArm
        The arm.
    """
    setting, outcomes = followed.setting, followed.outcomes
    terms = setting.terms
    return PatientArm(
        label=followed.arm.label,
        disease=followed.arm.disease,
        lymphodepletion=setting.depth,
        expansion=setting.expansion,
        switches=(
            *terms.reasons,
            ("lymphodepletion", setting.depth),
            ("rejection by host T cells", f"{100 * terms.seen_by_t:.0f} % remains"),
            ("rejection by host NK cells", f"{100 * terms.seen_by_nk:.0f} % of the cells exposed"),
        ),
        own_cells=terms.mismatch == 0,
        seen_per_ul=setting.seen_per_ul,
        days=followed.days,
        bands=followed.bands,
        events={name: find(outcomes) for name, find in EVENTS.items()},
        numbers={name: find(outcomes) for name, find in NUMBERS.items()},
        last_seen=np.nan_to_num(outcomes.last_seen),
        solved=outcomes.solved,
    )
