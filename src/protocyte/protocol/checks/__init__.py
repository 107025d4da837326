"""Clinical mistakes, one module each. `CHECKS` lists them; `check_protocol` runs them all."""

from typing import Final

from protocyte.protocol.checks import (
    missing_path_assumed,
    visit_outside_trial,
)
from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Finding
from protocyte.protocol.parse import Parsed
from protocyte.protocol.plan import Protocol

CHECKS: Final[tuple[Check, ...]] = tuple(
    sorted(
        (module.CHECK for module in (missing_path_assumed, visit_outside_trial)),
        key=lambda check: check.code,
    )
)

__all__ = ["CHECKS", "Check", "Defect", "check_protocol"]


def check_protocol(parsed: Parsed[Protocol]) -> tuple[Finding, ...]:
    """Find the clinical mistakes of a protocol, beside its defects of form.

    Parameters
    ----------
    parsed : Parsed
        The protocol as read.

    Returns
    -------
    tuple of Finding
        All findings in the order of the lines.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> check_protocol(parse_protocol(EXAMPLE))
    ()
    """
    found = list(parsed.findings)
    if parsed.plan is not None:
        found += [
            parsed.source.finding(
                check.code,
                check.severity,
                parsed.rest.origin(defect.where),
                defect.message,
                defect.remedy,
            )
            for check in CHECKS
            for defect in check.find(parsed.plan)
        ]
    return tuple(sorted(found, key=lambda finding: finding.rank))
