"""From the words of a protocol and its rehearsal to what becomes of assigned doses."""

from protocyte.design.delivery import Delivery
from protocyte.protocol.methods.received_dose import ReceivedDose
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal


def find_delivery(protocol: Protocol, rehearsal: Rehearsal) -> Delivery | None:
    """Find what becomes of participants to whom a level is assigned.

    Parameters
    ----------
    protocol : Protocol
        The plan: who is counted where, and who is replaced.
    rehearsal : Rehearsal
        The truth: how often a level is reached.

    Returns
    -------
    Delivery or None
        None if the rehearsal does not say how often products fall short.

    Raises
    ------
    DesignError
        If the rehearsal's numbers are not probabilities, or a cohort could never be filled.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> find_delivery(plan, parse_rehearsal(REHEARSAL, protocol=plan).plan) is None
    True
    """
    truth = rehearsal.delivery
    if truth is None or protocol.dosing is None:
        return None
    rule = protocol.dosing.received or ReceivedDose()
    return Delivery(
        truth.received,
        infused=truth.infused,
        apheresed=truth.apheresed,
        evaluable=truth.evaluable,
        counted=rule.counted,
        replaced=rule.replaced,
    )
