"""Response of virtual patients, by the categories and on the days of the protocol.

Leukaemia by blasts in marrow and neutrophils; lymphoma and myeloma by what is left of the target;
lupus by its score, which goes with the activity of the model. Platelets are not modelled and taken
as recovered. One law: a patient who could not be solved has no response.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Lupus
from protocyte.simulation.population.outcome.table import HORIZON, Flags, Grades
from protocyte.standards.sledai import SEROLOGY, WEIGHTS

PARAMETERS: Final = ParameterTable.from_text(r"""
name        | symbol | value | unit     | spread     | status  | source                                    | meaning
remission   | –      | 0.05  | 1        | –          | sourced | ELN2022                                   | blasts in marrow at complete remission, below
partial     | –      | 0.25  | 1        | –          | sourced | ELN2022                                   | blasts in marrow at partial remission, at most
halved      | –      | 0.5   | 1        | –          | sourced | ELN2022; Lugano2014                       | what is left at partial response, at most
very_good   | –      | 0.1   | 1        | –          | sourced | Kumar2016, doi:10.1016/S1470-2045(16)30206-6 | what is left of myeloma at very good partial response, at most
residual    | –      | 1e-4  | 1        | –          | sourced | ELN ALL 2024, measurable residual disease | blasts at remission where fewer than 5 % were there before
counts      | –      | 1000  | cells/µL | –          | sourced | ELN2022                                   | neutrophils at CR, at least
half_counts | –      | 500   | cells/µL | –          | sourced | ELN2022                                   | neutrophils at CRh, at least
sledai      | –      | 12    | 1        | range 8 20 | assumed | UDCAR-SLE admits 8 and more               | SLEDAI before the infusion, where the rehearsal has no items
sri_fall    | –      | 4     | 1        | –          | sourced | SRI-4                                     | fall of SLEDAI at response, at least
quiet       | –      | 1     | 1        | –          | assumed | the lightest item of SLEDAI weighs 1      | clinical SLEDAI below which no item is left
low         | –      | 4     | 1        | –          | sourced | LLDAS                                     | SLEDAI at low disease activity, at most
""")  # noqa: E501
"""Limits of response."""

LEUKAEMIA: Final = ("NR", "PR", "CRi", "CRh", "CR")
"""Categories of leukaemia that the model tells apart, the best last."""
MASS: Final = ("SD", "PR", "VGPR", "CR")
"""Categories of lymphoma and myeloma that the model tells apart, the best last."""
_REMISSION: Final = LEUKAEMIA.index("CRi")
_DEFAULT_DAY: Final = 28.0
_SLACK: Final = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """What counts as response in a protocol, and when it is asked.

    Parameters
    ----------
    days : tuple of float
        Days after the infusion on which disease is assessed [d].
    counted : tuple of str
        Categories that count, or the instrument.
    maintained : bool
        Whether the response must be there on each of the days, rather than on one.
    counts : bool
        Whether partial remission asks for neutrophils.

    Examples
    --------
    >>> Question((28.0,), ("CR", "PR")).maintained
    False
    """

    days: tuple[float, ...]
    counted: tuple[str, ...]
    maintained: bool = False
    counts: bool = False

    def least(self, ladder: tuple[str, ...]) -> int:
        """Find the lowest step of a ladder of categories that counts; 1 if none is named."""
        named = [ladder.index(one) for one in self.counted if one in ladder]
        return min((step for step in named if step), default=1)


def find_question(plan: Protocol) -> Question:
    """Find what the protocol counts as response.

    Parameters
    ----------
    plan : Protocol
        The protocol; the endpoint of its dose finding, else its first endpoint about response.

    Returns
    -------
    Question
        The question; the best response on day 28 if the protocol has none.

    Raises
    ------
    ProtocolError
        If dose finding names an endpoint that is not about response.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_question(parse_protocol(EXAMPLE).plan).counted
    ('CR', 'CRi')
    """
    named = plan.dosing.efficacy if plan.dosing else None
    endpoints = {name: endpoint for _, name, endpoint in plan.endpoints.ranked()}
    kinds = (ResponseEndpoint, ResponderEndpoint)
    found = (
        endpoints.get(named.endpoint)
        if named
        else next((one for one in endpoints.values() if isinstance(one, kinds)), None)
    )
    if isinstance(found, ResponseEndpoint):
        return _about_categories(found, plan)
    if isinstance(found, ResponderEndpoint):
        first = (named.at if named and named.at else None) or found.at[0]
        asked = found.at if found.maintained else (first,)
        visits = [plan.schedule.visit(name) for name in asked]
        days = sorted(plan.schedule.offset(visit) for visit in visits if visit)
        within = tuple(day for day in days if day <= HORIZON)
        return Question(within or (_DEFAULT_DAY,), (found.instrument,), found.maintained)
    if named is None:
        return Question((_DEFAULT_DAY,), ())
    raise ProtocolError(
        f'"{named.endpoint}" is not an endpoint about response; name one under dosing.efficacy'
    )


def _about_categories(found: ResponseEndpoint, plan: Protocol) -> Question:
    """Ask at every assessment until the end of the window: the best response counts."""
    until = min(found.until.nominal_days, HORIZON) if found.until else HORIZON
    planned = map(plan.schedule.offset, plan.schedule.visits_for("disease response"))
    days = tuple(sorted({min(day, until) for day in planned if 0 < day <= until + _SLACK}))
    return Question(days or (until,), found.responders, counts=found.criteria == "ELN 2022")


def judge_leukaemia(
    total: Floats, start: Floats, full: Floats, neutrophils: Floats, *, counts: bool = True
) -> Grades:
    """Judge the response of leukaemia.

    Parameters
    ----------
    total, start : ndarray of float, shape (n_patients,)
        Blasts on the day and at infusion [cells].
    full : ndarray of float, shape () or (n_patients,)
        Blasts where the marrow is all blasts [cells].
    neutrophils : ndarray of float, shape (n_patients,)
        Neutrophils on the day [cells/µL].
    counts : bool
        Whether partial remission asks for neutrophils, as in ELN 2022.

    Returns
    -------
    ndarray of int, shape (n_patients,)
        Place in `LEUKAEMIA` [1]; 0 where blasts are not known. All arrays may have days as a second
        axis.

    Examples
    --------
    >>> blasts, before = np.array([4e10, 4e10, 2e11]), np.array([6e11, 6e11, 6e11])
    >>> ranks = judge_leukaemia(blasts, before, np.array(1e12), np.array([1200.0, 400, 1200]))
    >>> [LEUKAEMIA[rank] for rank in ranks]
    ['CR', 'CRi', 'PR']
    """
    p = PARAMETERS.values()
    with np.errstate(invalid="ignore"):
        share, before = total / full, start / full
        few = before < p["remission"]
        gone = np.where(few, share <= p["residual"], share < p["remission"])
        fallen = (total <= p["halved"] * start) & (share <= p["partial"]) & ~few
    if counts:
        fallen &= neutrophils >= p["counts"]
    recovered = (neutrophils >= p["half_counts"]).astype(int) + (neutrophils >= p["counts"])
    rank = np.where(gone, _REMISSION + recovered, fallen.astype(int))
    return np.asarray(rank, np.int8)


def judge_mass(total: Floats, start: Floats, fall: Floats) -> Grades:
    """Judge the response of lymphoma or myeloma by what is left of it.

    Parameters
    ----------
    total, start : ndarray of float, shape (n_patients,)
        Target cells on the day and at infusion [cells].
    fall : ndarray of float, shape () or (n_patients,)
        What is left at complete response, at most [1].

    Returns
    -------
    ndarray of int, shape (n_patients,)
        Place in `MASS` [1]; 0 where the target is not known.

    Examples
    --------
    >>> ranks = judge_mass(np.array([4e9, 9e9, 1e7]), np.full(3, 1e10), np.array(0.01))
    >>> [MASS[rank] for rank in ranks]
    ['PR', 'SD', 'CR']
    """
    p = PARAMETERS.values()
    with np.errstate(invalid="ignore"):
        left = total / start
        steps = [left <= limit for limit in (p["halved"], p["very_good"], fall)]
    return np.asarray(np.sum(steps, axis=0), np.int8)


def find_sledai(lupus: Lupus | None, share: Floats) -> tuple[Floats, float]:
    """Find the SLEDAI of patients before the infusion.

    Parameters
    ----------
    lupus : Lupus or None
        How often each item is present, and the lowest score that is admitted.
    share : ndarray of float, shape (n_patients,)
        Share of patients with a lower score [1].

    Returns
    -------
    tuple of ndarray of float, shape (n_patients,), and float
        SLEDAI [1], and the share of it that is not serology [1]: the same in all, assumed.

    Notes
    -----
    Items are independent; of their sums, those that are admitted.

    Examples
    --------
    >>> find_sledai(None, np.array([0.5]))[0].tolist()
    [12.0]
    """
    if lupus is None:
        return np.full(share.shape, PARAMETERS["sledai"].value), 1.0
    chance = np.ones(1)
    for item, present in lupus.items.items():
        one = np.zeros(WEIGHTS[item] + 1)
        one[0], one[-1] = 1 - present, present
        chance = np.convolve(chance, one)
    chance[: lupus.least_sledai] = 0.0
    below = np.cumsum(chance) / chance.sum()
    points = {item: WEIGHTS[item] * present for item, present in lupus.items.items()}
    clinical = 1 - sum(points.get(item, 0.0) for item in SEROLOGY) / sum(points.values())
    found = np.searchsorted(below, np.clip(share, 0, 1 - 1e-12))
    return np.asarray(found, np.float64), clinical


def judge_lupus(instrument: str, activity: Floats, sledai: Floats, clinical: float) -> Flags:
    """Judge response of lupus: score and activity fall alike.

    Parameters
    ----------
    instrument : str
        ``DORIS``, with or without drugs, ``LLDAS``; anything else is SRI-4.
    activity : ndarray of float, shape (n_patients,)
        Activity on the day, of that at infusion [1].
    sledai : ndarray of float, shape (n_patients,)
        SLEDAI at infusion [1].
    clinical : float
        Share of it that is not serology [1].

    Returns
    -------
    ndarray of bool, shape (n_patients,)
        Whether there is a response [1].

    Examples
    --------
    >>> activity = np.array([0.05, 0.5, 0.9])
    >>> judge_lupus("SRI-4", activity, np.full(3, 12.0), 0.7).tolist()
    [True, True, False]
    >>> judge_lupus("DORIS", activity, np.full(3, 12.0), 0.7).tolist()
    [True, False, False]
    """
    p = PARAMETERS.values()
    now = sledai * activity
    with np.errstate(invalid="ignore"):
        if instrument.endswith("DORIS"):
            return np.asarray(clinical * now < p["quiet"])
        if instrument == "LLDAS":
            return np.asarray(now <= p["low"])
        return np.asarray(sledai - now >= p["sri_fall"])
