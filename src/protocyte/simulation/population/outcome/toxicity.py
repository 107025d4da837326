"""Dose-limiting toxicity of virtual patients, by the protocol's own definition.

CRS, ICANS and GvHD of the patient are held against each clause; other adverse events come as often
as the rehearsal says, whatever the course. An event has one grade, its highest, and one duration,
as a record of adverse events has it: days at that grade alone are not told apart.
One law: what the protocol does not call dose-limiting is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr

from protocyte.kinetics.parameter import Floats
from protocyte.protocol.rehearsal import EventTruth
from protocyte.protocol.toxicity import ToxicityClause
from protocyte.simulation.population.outcome.table import Flags, Grades
from protocyte.simulation.safety import DrawnEvent, Watch
from protocyte.standards.adverse_event import TERMS

MODELLED: Final = ("CRS", "ICANS", "GvHD")
"""Adverse events that the model gives each patient itself; taken as related to the product."""
_MOST_SEVERE: Final = 4
_FATAL: Final = 5
_FOR_LONG: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Episode:
    """One kind of adverse event, as each patient had it.

    Parameters
    ----------
    grade : ndarray of int, shape (n_patients,)
        Highest grade [1]; 0 without.
    first : ndarray of float, shape (n_patients,)
        First day [d], had the patient any.
    lasting : ndarray of float, shape () or (n_patients,)
        Duration [d].
    """

    grade: Grades
    first: Floats
    lasting: Floats


def judge_toxicity(
    watch: Watch,
    episodes: Mapping[str, Episode],
    *,
    others: tuple[EventTruth, ...],
    luck: Floats,
) -> Flags:
    """Judge whether each patient has a dose-limiting toxicity.

    Parameters
    ----------
    watch : Watch
        Definition and window.
    episodes : mapping of str to Episode
        What each patient had, by term of `MODELLED`.
    others : tuple of EventTruth
        Adverse events of the rehearsal; those of `MODELLED` are left out.
    luck : ndarray of float, shape (n_patients,)
        Standard normals [1] for the others; low is bad.

    Returns
    -------
    ndarray of bool, shape (n_patients,)
        Whether there is one [1].

    Examples
    --------
    >>> from protocyte.protocol.toxicity import DoseLimitingToxicity
    >>> severe = DoseLimitingToxicity(window="28 days", **{"is": ["CRS >= 3 for > 3 days"]})
    >>> crs = Episode(np.array([2, 3, 3], np.int8), np.full(3, 5.0), np.array([9.0, 3.0, 4.0]))
    >>> watch = Watch(severe, 0.0, 28.0, 0.0)
    >>> judge_toxicity(watch, {"CRS": crs}, others=(), luck=np.zeros(3)).tolist()
    [False, False, True]
    """
    toxic = np.zeros(luck.shape, bool)
    for clause in watch.definition.is_:
        for term, episode in episodes.items():
            if watch.meets(_event(term, None, watch, grade=_FATAL, lasting=_FOR_LONG), clause):
                toxic |= _meets(episode, clause, watch)
    shares = [find_share(truth, watch) for truth in others if truth.term not in MODELLED]
    spared = float(np.prod(1 - np.array(shares)))
    return np.asarray(toxic | (ndtr(luck) < 1 - spared))


def find_share(truth: EventTruth, watch: Watch) -> float:
    """Find the probability that an adverse event of the rehearsal is dose-limiting.

    Parameters
    ----------
    truth : EventTruth
        How often it occurs, when, how badly and how long.
    watch : Watch
        Definition and window.

    Returns
    -------
    float
        Probability [1]; onset, duration and grade are independent.

    Examples
    --------
    >>> from protocyte.protocol.toxicity import DoseLimitingToxicity
    >>> named = {"is": ["AE >= 4", "AE >= 3 for > 7 days"]}
    >>> watch = Watch(DoseLimitingToxicity(window="28 days", **named), 0.0, 28.0, 0.0)
    >>> infection = EventTruth(term="Infection", grades=(0.5, 0, 0, 0.3, 0.2), onset=(1, 56),
    ...                        lasting=(6, 9))
    >>> round(find_share(infection, watch), 3)
    0.175
    """
    met = []
    for lasting in range(truth.lasting[0], truth.lasting[1] + 1):
        lowest = next(
            (
                grade
                for grade in range(1, _MOST_SEVERE + 1)
                if watch.counts(
                    _event(truth.term, truth.system, watch, grade=grade, lasting=lasting)
                )
            ),
            _FATAL,
        )
        met.append(sum(truth.grades[lowest:]))
    onset = np.arange(truth.onset[0], truth.onset[1] + 1)
    inside = (onset >= watch.opens) & (onset <= watch.closes + watch.slack)
    related = 1.0 if watch.definition.attribution == "any" else truth.related
    return float(np.mean(met) * np.mean(inside) * related)


def _event(term: str, system: str | None, watch: Watch, *, grade: int, lasting: int) -> DrawnEvent:
    """Make an event that begins inside the window and is related to the product."""
    known = TERMS.get(term)
    name, of = (known.name, known.system) if known else (term, system or "")
    onset = int(np.ceil(watch.opens))
    return DrawnEvent(name, of, grade, onset, lasting, related=True, scale="")


def _meets(episode: Episode, clause: ToxicityClause, watch: Watch) -> Flags:
    """Hold what each patient had against one clause."""
    inside = (episode.first >= watch.opens) & (episode.first <= watch.closes + watch.slack)
    meets = (episode.grade >= clause.grade) & inside
    if clause.lasting is None:
        return np.asarray(meets)
    needed = clause.lasting.nominal_days
    long = episode.lasting > needed if clause.longer else episode.lasting >= needed
    return np.asarray(meets & long)
