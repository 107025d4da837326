"""Response of virtual patients, on the day and by the categories of the protocol.

Leukaemia by blasts in marrow and neutrophils; lymphoma and myeloma by what is left of the target;
lupus by activity. One law: a patient who could not be solved has no response.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.kinetics.parameter import Floats, ParameterTable
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.simulation.population.outcome.table import Flags

PARAMETERS: Final = ParameterTable.from_text(r"""
name        | symbol | value | unit | spread          | status  | source                                              | meaning
remission   | –      | 0.05  | 1    | –               | sourced | ELN2022                                             | blasts in marrow at complete remission, at most
partial     | –      | 0.25  | 1    | –               | sourced | ELN2022                                             | blasts in marrow at partial remission, at most
halved      | –      | 0.5   | 1    | –               | sourced | ELN2022; Lugano                                     | what is left at partial response, at most
residual    | –      | 1e-4  | 1    | –               | sourced | limit of measurable residual disease                | blasts at remission where fewer than 5 % were there before
sledai      | –      | 12    | 1    | range 8 20      | assumed | UDCAR-SLE admits 8 and more                         | SLEDAI before the infusion
sri_fall    | –      | 4     | 1    | –               | sourced | SRI-4                                               | fall of SLEDAI at response
quiet       | –      | 0.15  | 1    | range 0.05 0.3  | assumed | SLEDAI 0 within 3 to 6 months in WangD, Mueller2024 | activity at remission of lupus, of that at infusion
""")  # noqa: E501
"""Limits of response."""

PARTIAL: Final = frozenset({"PR", "VGPR", "MR"})
_DEFAULT_DAY: Final = 28.0


@dataclass(frozen=True, slots=True)
class Question:
    """What counts as response in a protocol, and when it is asked.

    Parameters
    ----------
    day : float
        Day after the infusion [d].
    partial : bool
        Whether a partial response counts.
    remission : bool
        In lupus: whether only remission counts, not a fall of the score.

    Examples
    --------
    >>> Question(28.0, partial=True, remission=False).day
    28.0
    """

    day: float
    partial: bool
    remission: bool


def find_question(plan: Protocol) -> Question:
    """Find what the protocol counts as response.

    Parameters
    ----------
    plan : Protocol
        The protocol; the endpoint of its dose finding, else its first endpoint about response.

    Returns
    -------
    Question
        The question; complete or partial response on day 28 if the protocol has none.

    Raises
    ------
    ProtocolError
        If dose finding names an endpoint that is not about response.
    """
    named = plan.dosing.efficacy if plan.dosing else None
    endpoints = {**plan.endpoints.primary, **plan.endpoints.secondary}
    kinds = (ResponseEndpoint, ResponderEndpoint)
    found = (
        endpoints.get(named.endpoint)
        if named
        else next((one for one in endpoints.values() if isinstance(one, kinds)), None)
    )
    if found is None:
        return Question(_DEFAULT_DAY, partial=True, remission=False)
    if isinstance(found, ResponseEndpoint):
        day = found.until.nominal_days if found.until else _DEFAULT_DAY
        return Question(day, bool(PARTIAL & set(found.responders)), remission=False)
    if isinstance(found, ResponderEndpoint):
        visit = plan.schedule.visit((named.at if named and named.at else None) or found.at[0])
        day = _DEFAULT_DAY if visit is None else plan.schedule.offset(visit)
        return Question(day, partial=True, remission=not found.instrument.startswith("SRI"))
    raise ProtocolError(
        f'"{named.endpoint if named else ""}" is not an endpoint about response; name one under '
        "dosing.efficacy"
    )


def judge_leukaemia(total: Floats, start: Floats, full: Floats, *, partial: bool) -> Flags:
    """Judge response of leukaemia.

    Parameters
    ----------
    total, start : ndarray of float, shape (n_patients,)
        Blasts on the day and at infusion [cells].
    full : ndarray of float, shape () or (n_patients,)
        Blasts where the marrow is all blasts [cells].
    partial : bool
        Whether partial remission counts.

    Returns
    -------
    ndarray of bool, shape (n_patients,)
        Whether there is a response.

    Examples
    --------
    >>> judge_leukaemia(np.array([4e10]), np.array([6e11]), np.array(1e12), partial=False).tolist()
    [True]
    """
    p = PARAMETERS.values()
    share, before = total / full, start / full
    few = before < p["remission"]
    found = np.where(few, share <= p["residual"], share < p["remission"])
    if partial:
        halved = (total <= p["halved"] * start) & (share <= p["partial"]) & ~few
        found = found | halved
    return np.asarray(found)


def judge_mass(total: Floats, start: Floats, fall: Floats, *, partial: bool) -> Flags:
    """Judge response of lymphoma or myeloma by what is left of it.

    Parameters
    ----------
    total, start : ndarray of float, shape (n_patients,)
        Target cells on the day and at infusion [cells].
    fall : ndarray of float, shape () or (n_patients,)
        What is left at complete response, at most [1].
    partial : bool
        Whether partial response counts.

    Returns
    -------
    ndarray of bool, shape (n_patients,)
        Whether there is a response.

    Examples
    --------
    >>> judge_mass(np.array([4e9]), np.array([1e10]), np.array(0.01), partial=True).tolist()
    [True]
    """
    limit = PARAMETERS["halved"].value if partial else fall
    return np.asarray(total <= limit * start)


def judge_lupus(activity: Floats, *, remission: bool) -> Flags:
    """Judge response of lupus.

    Parameters
    ----------
    activity : ndarray of float, shape (n_patients,)
        Activity on the day, of that at infusion [1].
    remission : bool
        Whether only remission counts.

    Returns
    -------
    ndarray of bool, shape (n_patients,)
        Whether there is a response.

    Examples
    --------
    >>> judge_lupus(np.array([0.1, 0.5]), remission=True).tolist()
    [True, False]
    """
    p = PARAMETERS.values()
    limit = p["quiet"] if remission else 1 - p["sri_fall"] / p["sledai"]
    return np.asarray(activity <= limit)
