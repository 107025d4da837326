"""Builders of stopping boundaries from the safety chapter."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from protocyte.design.monitoring.monitor import SafetyMonitor
from protocyte.design.monitoring.stopping import (
    StoppingBoundary,
    find_beta_binomial_boundary,
    find_repeated_boundary,
    find_schedule,
)
from protocyte.design.paper import IVANOVA_2005
from protocyte.protocol.methods import monitoring as word
from protocyte.protocol.methods.expansion import Expansion

BoundaryBuilder: TypeAlias = Callable[[Any, tuple[int, ...]], StoppingBoundary]
"""Takes a rule's settings and the looks."""


def _beta_binomial(settings: word.BetaBinomial, looks: tuple[int, ...]) -> StoppingBoundary:
    return find_beta_binomial_boundary(
        looks,
        limit=settings.limit,
        certainty=settings.certainty,
        prior=(settings.a, settings.b),
        strict=not settings.equality,
    )


def _pocock(settings: word.Repeated, looks: tuple[int, ...]) -> StoppingBoundary:
    return find_repeated_boundary(
        looks, acceptable=settings.acceptable, crossing=settings.crossing, delta=0.0
    )


def _obrien_fleming(settings: word.Repeated, looks: tuple[int, ...]) -> StoppingBoundary:
    return find_repeated_boundary(
        looks, acceptable=settings.acceptable, crossing=settings.crossing, delta=0.5
    )


def _table(settings: tuple[word.Row, ...], _: tuple[int, ...]) -> StoppingBoundary:
    return StoppingBoundary.of((row.among, row.stop_from) for row in settings)


BUILDERS: Final[dict[type, BoundaryBuilder]] = {
    word.UseBetaBinomial: _beta_binomial,
    word.UsePocock: _pocock,
    word.UseOBrienFleming: _obrien_fleming,
    word.UseTable: _table,
}
"""By the class that names the rule."""
REFERENCES: Final[dict[type, tuple[str, ...]]] = {
    word.UsePocock: (IVANOVA_2005,),
    word.UseOBrienFleming: (IVANOVA_2005,),
}
"""Papers of the rules that have one."""


def find_monitor(settings: word.Monitoring) -> SafetyMonitor:
    """Find the trial that is stopped by one boundary of the safety chapter.

    Parameters
    ----------
    settings : Monitoring
        The event, the looks and the rule.

    Returns
    -------
    SafetyMonitor
        The boundary with its planned number.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    Examples
    --------
    >>> settings = word.Monitoring.model_validate({
    ...     "of": "death", "participants": 12, "first": 3, "every": 3,
    ...     "rule": {"beta-binomial": {"limit": 0.2, "certainty": 0.9}},
    ... })
    >>> find_monitor(settings).rule.rows()
    ((3, 2), (6, 3), (9, 4), (12, 4))
    """
    kind = type(settings.rule)
    looks = find_schedule(settings.participants, first=settings.first, every=settings.every)
    rule = BUILDERS[kind](settings.rule.settings, looks)
    return SafetyMonitor(rule, settings.participants, references=REFERENCES.get(kind, ()))


def find_expansion_monitor(settings: Expansion) -> SafetyMonitor | None:
    """Find the boundary that watches an expansion cohort.

    Parameters
    ----------
    settings : Expansion
        The cohort.

    Returns
    -------
    SafetyMonitor or None
        The boundary on its DLTs; None if nothing stops it.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    Examples
    --------
    >>> settings = Expansion.model_validate({
    ...     "participants": 10, "stop": {"table": [{"among": 5, "stop_from": 3}]},
    ... })
    >>> find_expansion_monitor(settings).rule.rows()
    ((5, 3),)
    """
    if settings.stop is None:
        return None
    kind = type(settings.stop)
    looks = find_schedule(settings.participants, first=settings.first, every=settings.every)
    rule = BUILDERS[kind](settings.stop.settings, looks)
    return SafetyMonitor(rule, settings.participants, references=REFERENCES.get(kind, ()))
