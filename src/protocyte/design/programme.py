"""What a whole protocol does if a scenario is true: the dose it finds, and what follows at it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from protocyte.design.catalogue.delivery import find_delivery
from protocyte.design.catalogue.monitoring import find_expansion_monitor
from protocyte.design.correlation import find_linked
from protocyte.design.delivery import find_feasible_selection
from protocyte.design.design import Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.delivered import find_delivered_characteristics
from protocyte.design.exact.walk import find_characteristics
from protocyte.design.expansion import ExpansionOutlook, find_expansion
from protocyte.design.monitoring.joint import JointBOP2
from protocyte.design.plan import find_dose_design, find_sample_design
from protocyte.design.scenario import Scenario
from protocyte.design.single_arm.arm import SingleArm
from protocyte.design.single_arm.single_stage import FixedSample
from protocyte.design.single_arm.staged import StagedArm
from protocyte.design.state import Floats
from protocyte.errors import DesignError
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal


@dataclass(frozen=True, slots=True)
class SampleOutlook:
    """What treating a number of participants at one dose tells, in one scenario.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    reached : float
        Probability that a dose is found and this part of the trial begins [1].
    response : tuple of float
        True response probability at each dose [1].
    at_level : tuple of float
        Probability at each dose that the result is positive [1]; empty if nothing is decided.
    positive : float or None
        Probability that the whole trial ends with a positive result [1]; None if nothing is
        decided.
    stops_early : float or None
        Probability of stopping before the last look [1], given that this part begins.
    expected : float
        Expected participants in this part [participants], given that it begins.
    mean_responses : float
        Expected responses [participants], given that it begins and treats all.
    distribution : tuple of float
        Probability of 0, 1, … responses if all are treated [1]; empty where a rule decides.
    """

    scenario: str
    reached: float
    response: tuple[float, ...]
    at_level: tuple[float, ...]
    positive: float | None
    stops_early: float | None
    expected: float
    mean_responses: float
    distribution: tuple[float, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Programme:
    """Operating characteristics of a protocol over the scenarios of its rehearsal.

    Parameters
    ----------
    dose : Characteristics or None
        Of the dose method; None if one dose is given.
    sample : tuple of SampleOutlook
        Of the rule for the number treated, one a scenario; empty if there is none.
    expansion : tuple of ExpansionOutlook
        Of the expansion cohort at the selected dose, one a scenario; empty if there is none.
    delivered : Characteristics or None
        Of the dose method where products fall short; None if the rehearsal does not say how often.
    feasible : ndarray of float, shape (n_scenarios, n_doses), or None
        Probability that each dose is selected as tolerated and feasible [1]; None if the protocol
        does not say what is feasible.
    undelivered : str
        Why there is no `delivered` although the rehearsal asks for it; empty otherwise.
    """

    dose: Characteristics | None
    sample: tuple[SampleOutlook, ...]
    expansion: tuple[ExpansionOutlook, ...] = ()
    delivered: Characteristics | None = None
    feasible: Floats | None = None
    undelivered: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "dose_finding": self.dose.as_dict() if self.dose else None,
            "delivered": self.delivered.as_dict() if self.delivered else None,
            "feasible": None if self.feasible is None else self.feasible.tolist(),
            "expansion": [outlook.as_dict() for outlook in self.expansion],
            "sample": [outlook.as_dict() for outlook in self.sample],
        }


def find_programme(
    protocol: Protocol,
    rehearsal: Rehearsal,
    *,
    dose: Characteristics | None = None,
    memory: float = 4.0,
) -> Programme:
    """Find exactly what a protocol does in each scenario of its rehearsal.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        The truths.
    dose : Characteristics, optional
        Operating characteristics of the dose method that were found otherwise, by simulation; an
        exact walk finds them by default.
    memory : float
        Memory that the walk may take [GB].

    Returns
    -------
    Programme
        Operating characteristics, without Monte Carlo error unless the dose method's have one.

    Raises
    ------
    DesignError
        If the settings contradict each other, or the walk is too large.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> found = find_programme(plan, parse_rehearsal(REHEARSAL, protocol=plan).plan)
    >>> found.dose.exact
    True
    """
    design, sample = find_dose_design(protocol), find_sample_design(protocol)
    truths = find_scenarios(rehearsal)
    if dose is None and design is not None:
        dose = find_characteristics(design, truths, memory=memory)
    cohort = protocol.dosing.expansion if protocol.dosing else None
    expansion: tuple[ExpansionOutlook, ...] = ()
    if dose is not None and cohort is not None:
        monitor = find_expansion_monitor(cohort)
        expansion = find_expansion(dose, participants=cohort.participants, monitor=monitor)
    products = (
        _Products() if design is None else _find_products(design, protocol, rehearsal, memory)
    )
    programme = Programme(
        dose, (), expansion, products.delivered, products.feasible, products.missing
    )
    if sample is None:
        return programme
    start = protocol.dosing.start if protocol.dosing else 1
    outlooks = []
    for number, truth in enumerate(truths):
        chosen = np.eye(truth.n_doses)[start - 1] if dose is None else dose.selection[number]
        if expansion:
            # What follows begins where the expansion was not stopped.
            chosen = chosen * (1 - np.array(expansion[number].stopped))
        outlooks.append(_outlook(sample, truth, chosen))
    return replace(programme, sample=tuple(outlooks))


@dataclass(frozen=True, slots=True)
class _Products:
    """What the dose method does where products fall short."""

    delivered: Characteristics | None = None
    feasible: Floats | None = None
    missing: str = ""


def _find_products(
    design: Design, protocol: Protocol, rehearsal: Rehearsal, memory: float
) -> _Products:
    """Find what products that fall short change, if the rehearsal says how often they do."""
    delivery = find_delivery(protocol, rehearsal)
    if delivery is None or protocol.dosing is None:
        return _Products()
    try:
        found = find_delivered_characteristics(
            design, find_scenarios(rehearsal), delivery, memory=memory
        )
    except DesignError as error:
        return _Products(missing=str(error))
    rule = protocol.dosing.received
    if rule is None or rule.feasible_from is None:
        return _Products(found)
    feasible = find_feasible_selection(found.selection, delivery.feasible, least=rule.feasible_from)
    return _Products(found, feasible)


def find_scenarios(rehearsal: Rehearsal) -> tuple[Scenario, ...]:
    """Give the truths of a rehearsal as designs take them.

    Parameters
    ----------
    rehearsal : Rehearsal
        The rehearsal.

    Returns
    -------
    tuple of Scenario
        One a scenario; toxicity and response are linked as `links` of the rehearsal says, and
        independent given the dose by default.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> parsed = parse_rehearsal(REHEARSAL, protocol=parse_protocol(EXAMPLE).plan)
    >>> len(find_scenarios(parsed.plan))
    2
    """
    truths = tuple(
        Scenario(tox=truth.toxicity, eff=truth.response, both=truth.both, name=truth.name)
        for truth in rehearsal.scenarios
    )
    together = rehearsal.links.toxicity_with_response
    if not together:
        return truths
    return tuple(
        truth if truth.both is not None else replace(truth, both=find_linked(truth, together).both)
        for truth in truths
    )


def _outlook(sample: SingleArm, truth: Scenario, chosen: Floats) -> SampleOutlook:
    response = np.array(truth.eff)
    reached = float(chosen.sum())
    weights = chosen / reached if reached > 0 else chosen
    outlook = SampleOutlook(
        scenario=truth.name,
        reached=reached,
        response=tuple(response.tolist()),
        at_level=(),
        positive=None,
        stops_early=None,
        expected=float(sample.planned),
        mean_responses=sample.planned * float(weights @ response),
    )
    if isinstance(sample, StagedArm | JointBOP2):
        wins, stops, sizes = (
            _staged(sample, response) if isinstance(sample, StagedArm) else _joint(sample, truth)
        )
        return replace(
            outlook,
            at_level=tuple(wins.tolist()),
            positive=float(chosen @ wins),
            stops_early=float(weights @ stops),
            expected=float(weights @ sizes),
        )
    if not isinstance(sample, FixedSample):
        return outlook
    mixed = np.zeros(sample.planned + 1)
    for weight, p in zip(weights, response, strict=True):
        mixed += weight * sample.distribution(float(p))
    return replace(outlook, distribution=tuple(mixed.tolist()))


def _staged(sample: StagedArm, response: Floats) -> tuple[Floats, Floats, Floats]:
    """Return success, early stop and expected participants at each dose."""
    return (
        np.array([sample.rejection(float(p)) for p in response]),
        np.array([sample.early_stop(float(p)) for p in response]),
        np.array([sample.expected(float(p)) for p in response]),
    )


def _joint(sample: JointBOP2, truth: Scenario) -> tuple[Floats, Floats, Floats]:
    """Return the same where toxicity counts as well, linked to response as the scenario says."""
    tox, eff = truth.tox or (), truth.eff or ()
    doses = [
        Scenario((tox[d],), (eff[d],), None if truth.both is None else (truth.both[d],))
        for d in range(truth.n_doses)
    ]
    found = find_characteristics(sample, doses)
    return found.selection[:, 0], found.early, found.total
