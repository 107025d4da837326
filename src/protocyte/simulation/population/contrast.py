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
from protocyte.simulation.population.follow import Followed, simulate_patients
from protocyte.simulation.population.knob import Knobs
from protocyte.simulation.population.outcome.table import Outcomes
from protocyte.simulation.population.setting import Arm

AS_WRITTEN: Final = "as written"
DOSE_LIMITING: Final = "Dose-limiting toxicity"
MOST_ARMS: Final = 6
UNEDITED: Final = Knobs(edits=(), armour=())
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
    DOSE_LIMITING: lambda o: o.toxic,
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
        As written; without each piece of armour and each edit in turn; unedited; without
        lymphodepletion where the product is autologous or the protocol leaves it open. At most
        `MOST_ARMS`.

    Raises
    ------
    ProtocolError
        If a level is asked for that the protocol does not have.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_document, parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> rehearsal = parse_document(REHEARSAL, Rehearsal, file="scenarios.yaml").plan
    >>> [arm.label for arm in find_arms(plan, rehearsal)]
    ['as written', 'unedited']
    """
    _check_level(plan, level)
    first = Arm(AS_WRITTEN, plan, rehearsal, level)
    product = first.product
    edits = tuple(gene for gene in product.edits or () if gene in GENES)
    words = () if product.is_autologous else (*product.armour, *edits)
    knobs = [Knobs(without=(word,)) for word in words] if len(words) > 1 else []
    last = [UNEDITED] if words else []
    given = plan.schedule.activities.lymphodepletion
    if first.depth != "none" and (product.is_autologous or (given and given.optional)):
        last.append(Knobs(lymphodepletion="none"))
    knobs = [*knobs[: MOST_ARMS - 1 - len(last)], *last]
    return [first, *(find_turned(knob, first) for knob in knobs)]


def find_turned(knobs: Knobs, arm: Arm) -> Arm:
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

    Raises
    ------
    ProtocolError
        If the product does not have what is left out, or the model no term for what is put in.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_document, parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> rehearsal = parse_document(REHEARSAL, Rehearsal, file="scenarios.yaml").plan
    >>> find_turned(Knobs(lymphodepletion="none"), find_arms(plan, rehearsal)[0]).label
    'no lymphodepletion'
    """
    plan, rehearsal = knobs.turn(arm.plan, arm.rehearsal)
    label = "unedited" if knobs == UNEDITED else knobs.label
    return Arm(label, plan, rehearsal, arm.level, knobs.dose)


def _check_level(plan: Protocol, level: int | None) -> None:
    """Refuse a dose level that the protocol does not have."""
    levels = len(plan.dosing.levels) if plan.dosing else 0
    if level is not None and not 1 <= level <= levels:
        has = f"levels 1 to {levels}" if levels else "no dose levels"
        raise ProtocolError(f"{plan.name} has {has}, and level {level} was asked for")


def simulate_arms(
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

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_document, parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> rehearsal = parse_document(REHEARSAL, Rehearsal, file="scenarios.yaml").plan
    >>> arms = find_arms(plan, rehearsal)[:1]
    >>> found = simulate_arms(arms, 3, make=lambda: np.random.default_rng(1))
    >>> found.arms[0].solved.tolist()
    [True, True, True]
    """
    return Contrast(
        tuple(_summarise(simulate_patients(arm, n, rng=make(), tick=tick)) for arm in arms)
    )


def _summarise(followed: Followed) -> PatientArm:
    """Give what a contrast needs of an arm."""
    setting, outcomes, arm = followed.setting, followed.outcomes, followed.arm
    limits = arm.plan.dosing is not None and arm.plan.dosing.dlt is not None
    return PatientArm(
        label=arm.label,
        disease=arm.disease,
        lymphodepletion=setting.depth,
        expansion=setting.expansion,
        switches=_switches(followed),
        own_cells=setting.terms.mismatch == 0,
        seen_per_ul=setting.seen_per_ul,
        days=followed.days,
        bands=followed.bands,
        events={
            name: find(outcomes) for name, find in EVENTS.items() if limits or name != DOSE_LIMITING
        },
        numbers={name: find(outcomes) for name, find in NUMBERS.items()},
        last_seen=np.nan_to_num(outcomes.last_seen),
        solved=outcomes.solved,
    )


def _switches(followed: Followed) -> tuple[tuple[str, str], ...]:
    """List what each word of the protocol does, and what was assumed where it is silent."""
    arm, setting = followed.arm, followed.setting
    terms, given = setting.terms, arm.plan.schedule.activities.lymphodepletion
    left_open = given is not None and given.optional and setting.depth != "none"
    rows = list(terms.reasons)
    if arm.plan.product.edits is None and arm.product.edits is not None:
        named = ", ".join(arm.product.edits) or "none"
        rows.append(("edits", f"assumed: {named}; no source tells which genes are deleted"))
    rows.append(
        ("lymphodepletion", f"{setting.depth}{', though it is optional' if left_open else ''}")
    )
    if setting.dose is None:
        rows.append(("dose", "not stated: the cells infused follow from each patient's expansion"))
    else:
        at = "" if arm.level is None or arm.dose is not None else f", level {arm.level}"
        cells = f"{np.median(setting.dose):.3g}".replace("e+0", "e").replace("e+", "e")
        rows.append(("dose", f"{cells} cells{at}"))
    if terms.mismatch > 0:
        rows += [
            ("rejection by host T cells", f"{100 * terms.seen_by_t:.0f} % remains"),
            ("rejection by host NK cells", f"{100 * terms.seen_by_nk:.0f} % of the cells exposed"),
        ]
    return tuple(rows)
