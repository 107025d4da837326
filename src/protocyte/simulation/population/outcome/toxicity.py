"""Dose-limiting toxicity of virtual patients, by the protocol's own definition.

CRS, ICANS and GvHD of the patient are held against each clause; other adverse events come with the
probability that the rehearsal gives them.
One law: what the protocol does not call dose-limiting is not.
"""

import numpy as np
from scipy.special import ndtr

from protocyte.kinetics.parameter import Floats
from protocyte.protocol.rehearsal import EventTruth
from protocyte.protocol.toxicity import ToxicityClause
from protocyte.simulation.population.outcome.table import Flags, Grades
from protocyte.simulation.safety import Watch
from protocyte.standards.adverse_event import INFECTION_CLASS, TERMS, classify_haematological

MODELLED: tuple[str, ...] = ("CRS", "ICANS", "GvHD")
"""Adverse events that the model gives each patient itself."""
_GROUPS = ("AE", "non-haematological AE")


def judge_toxicity(
    watch: Watch,
    grades: dict[str, Grades],
    first: dict[str, Floats],
    lasting: dict[str, Floats],
    *,
    others: tuple[EventTruth, ...],
    luck: Floats,
) -> Flags:
    """Judge whether each patient has a dose-limiting toxicity.

    Parameters
    ----------
    watch : Watch
        Definition and window.
    grades : dict of str to ndarray of int, shape (n_patients,)
        Highest grades of `MODELLED`.
    first, lasting : dict of str to ndarray of float, shape (n_patients,)
        First day and duration [d] of each, had the patient any.
    others : tuple of EventTruth
        Adverse events of the rehearsal.
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1] for the others; low is bad.

    Returns
    -------
    ndarray of bool, shape (n_patients,)
        Whether there is one.
    """
    toxic = np.zeros(luck.shape, bool)
    for clause in watch.definition.is_:
        for term in MODELLED:
            if clause.term in (term, *_GROUPS):
                toxic |= _meets(clause, watch, grades[term], first[term], lasting[term])
    spared = 1.0
    for truth in others:
        if truth.term not in MODELLED:
            spared *= 1 - find_share(truth, watch)
    return np.asarray(toxic | (ndtr(luck) < 1 - spared))


def find_share(truth: EventTruth, watch: Watch) -> float:
    """Find the probability that an adverse event of the rehearsal is dose-limiting [1]."""
    return max((_share(truth, clause, watch) for clause in watch.definition.is_), default=0.0)


def _meets(
    clause: ToxicityClause, watch: Watch, grade: Grades, first: Floats, lasting: Floats
) -> Flags:
    """Hold one kind of event against one clause."""
    inside = (first >= watch.opens) & (first <= watch.closes + watch.slack)
    meets = (grade >= clause.grade) & inside
    if clause.lasting is None:
        return np.asarray(meets)
    needed = clause.lasting.nominal_days
    return np.asarray(meets & ((lasting > needed) if clause.longer else (lasting >= needed)))


def _share(truth: EventTruth, clause: ToxicityClause, watch: Watch) -> float:
    """Find the probability that an event of the rehearsal meets one clause."""
    if not _is_named(truth, clause):
        return 0.0
    shortest, longest = truth.lasting
    days = np.arange(shortest, longest + 1)
    long_enough = np.ones(days.size, bool)
    if clause.lasting is not None:
        needed = clause.lasting.nominal_days
        long_enough = days > needed if clause.longer else days >= needed
    onset = np.arange(truth.onset[0], truth.onset[1] + 1)
    inside = (onset >= watch.opens) & (onset <= watch.closes + watch.slack)
    related = truth.related if watch.definition.attribution != "any" else 1.0
    severe = float(sum(truth.grades[clause.grade :]))
    return severe * related * float(long_enough.mean()) * float(inside.mean())


def _is_named(truth: EventTruth, clause: ToxicityClause) -> bool:
    """Say whether a clause is about an event."""
    system = truth.system or (TERMS[truth.term].system if truth.term in TERMS else "")
    blood = classify_haematological(truth.term, system)
    match clause.term:
        case "AE":
            return True
        case "non-haematological AE":
            return not blood
        case "haematological AE":
            return blood
        case "infection":
            return system.lower() == INFECTION_CLASS.lower()
    return clause.term == truth.term
