"""From the words of a protocol to the design that runs."""

from typing import Final

from protocyte.design.catalogue import biological, toxicity
from protocyte.design.catalogue.builder import Builder
from protocyte.design.design import Design
from protocyte.design.single_arm.simon import SimonTwoStage
from protocyte.design.single_arm.single_stage import FixedSample
from protocyte.design.single_arm.two_stage import find_simon_design
from protocyte.protocol.methods import sample as word
from protocyte.protocol.plan import Protocol

BUILDERS: Final[dict[type, Builder]] = {**toxicity.BUILDERS, **biological.BUILDERS}
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
    return BUILDERS[type(settings)](settings, dosing)


def find_sample_design(protocol: Protocol) -> SimonTwoStage | FixedSample | None:
    """Give the design that says how many are treated at one dose.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    SimonTwoStage or FixedSample or None
        The design; None if the protocol names none.

    Raises
    ------
    DesignError
        If no design meets the error rates.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_sample_design(parse_protocol(EXAMPLE).plan) is None
    True
    """
    match protocol.statistics.sample:
        case None:
            return None
        case word.UseSimon(settings=settings):
            return find_simon_design(
                settings.p0,
                settings.p1,
                alpha=settings.alpha,
                beta=1 - settings.power,
                kind=settings.kind,
            )
        case word.UseFixedSample(settings=settings):
            return FixedSample(settings.participants, features=("n", "eff"))
