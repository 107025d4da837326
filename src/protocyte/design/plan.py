"""From the words of a protocol to the design that runs."""

from typing import Final

from protocyte.design.catalogue import (
    biological,
    combination,
    late_onset,
    model_based,
    sample,
    toxicity,
)
from protocyte.design.catalogue.builder import Builder
from protocyte.design.catalogue.monitoring import find_monitor
from protocyte.design.catalogue.rule import find_ruled_design
from protocyte.design.design import Design
from protocyte.design.monitoring.monitor import SafetyMonitor
from protocyte.design.single_arm.arm import SingleArm
from protocyte.errors import DesignError
from protocyte.protocol.plan import Protocol

BUILDERS: Final[dict[type, Builder]] = {
    **toxicity.BUILDERS,
    **combination.BUILDERS,
    **model_based.BUILDERS,
    **biological.BUILDERS,
    **late_onset.BUILDERS,
}
"""Every family's, by the class of their settings."""


def find_dose_design(protocol: Protocol) -> Design | None:
    """Give the dose-finding design that a protocol names.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    Design or None
        The design; None if the protocol gives one dose and finds none.

    Raises
    ------
    DesignError
        If the settings contradict each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_dose_design(parse_protocol(EXAMPLE).plan).n_doses
    3
    """
    dosing = protocol.dosing
    if dosing is None or dosing.method is None:
        return None
    settings = dosing.method.settings
    return find_ruled_design(BUILDERS[type(settings)](settings, dosing), dosing)


def find_sample_design(protocol: Protocol) -> SingleArm | None:
    """Give the design that says how many are treated at one dose.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    SingleArm or None
        The design; None if the protocol names none.

    Raises
    ------
    DesignError
        If no design meets the error rates, or it counts toxicities that are not defined.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_sample_design(parse_protocol(EXAMPLE).plan) is None
    True
    """
    method = protocol.statistics.sample
    if method is None:
        return None
    design = sample.BUILDERS[type(method.settings)](method.settings)
    if "tox" in design.features and (protocol.dosing is None or protocol.dosing.dlt is None):
        raise DesignError(
            f"{protocol.name} counts dose-limiting toxicities at one dose (`statistics.sample`) "
            "and does not say what they are; add `dosing.dlt`."
        )
    return design


def find_monitors(protocol: Protocol) -> dict[str, SafetyMonitor]:
    """Give the stopping boundaries that a protocol names.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    dict of str to SafetyMonitor
        By the name of each boundary; empty if there is none.

    Raises
    ------
    DesignError
        If the settings of one contradict each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_monitors(parse_protocol(EXAMPLE).plan)
    {}
    """
    named = protocol.safety.monitoring or {}
    return {name: find_monitor(settings) for name, settings in named.items()}
