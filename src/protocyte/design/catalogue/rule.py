"""Builders of rules around a dose method."""

from typing import assert_never

from protocyte.design.design import Design
from protocyte.design.rules.at_dose import LeastAtSelected, MostAtDose
from protocyte.design.rules.condition import AllOf, AnyOf, Condition
from protocyte.design.rules.condition_count import EnoughAtDose, EnoughTreated, Staying
from protocyte.design.rules.condition_toxicity import NearTarget, Precise, TooToxic
from protocyte.design.rules.hold_back import IncreaseLimit, NoSkipping
from protocyte.design.rules.stop_when import StopWhen
from protocyte.design.rules.titration import Titration
from protocyte.errors import DesignError
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.methods import rule as word


def find_ruled_design(design: Design, dosing: Dosing) -> Design:
    """Give a design with the rules of a dosing chapter around it, the first innermost.

    Parameters
    ----------
    design : Design
        The design of the chapter's method.
    dosing : Dosing
        The chapter.

    Returns
    -------
    Design
        The design with its rules; the same if there is none.

    Raises
    ------
    DesignError
        If a rule and the design contradict each other.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> from protocyte.protocol.checks.example import amend_example
    >>> from protocyte.protocol.parse import parse_protocol
    >>> text = amend_example("dosing: {rules: [{least at the selected dose: 6}]}")
    >>> design = find_ruled_design(BOIN(target=0.3, n_doses=3), parse_protocol(text).plan.dosing)
    >>> type(design).__name__
    'LeastAtSelected'
    """
    for rule in dosing.rules:
        design = _ruled(design, rule, dosing)
    return design


def _ruled(design: Design, rule: word.DoseRule, dosing: Dosing) -> Design:
    match rule:
        case word.RuleNoSkipping():
            return NoSkipping(design)
        case word.RuleIncrease(settings=increase):
            return IncreaseLimit(design, doses=_doses(dosing), increase=increase)
        case word.RuleMostAtDose(settings=most):
            participants = most.participants or (most.cohorts or 1) * dosing.cohort.size
            return MostAtDose(design, participants=participants)
        case word.RuleLeastAtSelected(settings=least):
            return LeastAtSelected(design, participants=least)
        case word.RuleTitration(settings=titration):
            return Titration(design, up_to=titration.up_to)
        case word.RuleStop(settings=condition):
            return StopWhen(design, _condition(condition))
        case other:
            assert_never(other)


def _doses(dosing: Dosing) -> tuple[float, ...]:
    doses = [level.dose for level in dosing.levels if level.dose is not None]
    if len(doses) < len(dosing.levels) or len({dose.per_kg for dose in doses}) > 1:
        raise DesignError(
            "A limit on the increase compares doses and not all levels state one in the same unit; "
            "state the cells of every level (`dosing.levels`), or leave the rule out."
        )
    return tuple(dose.cells for dose in doses)


def _condition(condition: word.StopCondition) -> Condition:  # noqa: PLR0911 - one a kind
    match condition:
        case word.WhenEnoughAtDose(settings=participants):
            return EnoughAtDose(participants)
        case word.WhenEnoughTreated(settings=participants):
            return EnoughTreated(participants)
        case word.WhenStaying():
            return Staying()
        case word.WhenTooToxic(settings=toxic):
            return TooToxic(toxic.certainty, toxic.limit, toxic.at, toxic.least)
        case word.WhenPrecise(settings=precise):
            return Precise(precise.width, precise.level)
        case word.WhenNearTarget(settings=near):
            return NearTarget(near.low, near.high, near.certainty)
        case word.WhenAllOf(settings=parts):
            return AllOf(tuple(_condition(part) for part in parts))
        case word.WhenAnyOf(settings=clauses):
            return AnyOf(tuple(_condition(clause) for clause in clauses))
        case other:
            assert_never(other)
