"""The references of every method that a protocol uses."""

from protocyte.analysis.proportion import REFERENCES as INTERVALS
from protocyte.design.plan import find_dose_design, find_monitors, find_sample_design
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.protocol.endpoint import (
    KineticsEndpoint,
    ResponderEndpoint,
    ResponseEndpoint,
    TimeToEventEndpoint,
)
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.standards.citation import CITATIONS

_SURVIVAL = (
    "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc "
    "1958;53:457-481. doi:10.1080/01621459.1958.10501452"
)
_NOT_ON_FILE = "No publication is on file here; cite the edition that was used."
_EMERGENT = "PHUSE. Recommendations for treatment emergent definitions. White paper WP-087. 2024."
_TABLES = (
    "CDISC. Study Data Tabulation Model Implementation Guide v3.4. 2021.",
    "CDISC. Analysis Data Model Implementation Guide v1.3. 2021.",
)


def render_citations(protocol: Protocol, rehearsal: Rehearsal | None) -> list[tuple[str, str]]:
    """List the methods that a protocol uses, each with its publication.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal or None
        Its rehearsal, whose kinetic model is cited as well.

    Returns
    -------
    list of tuple of str
        Method and publication.

    Raises
    ------
    DesignError
        If the settings of a method contradict each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> methods = render_citations(parse_protocol(EXAMPLE).plan, None)
    >>> methods[0][0]
    'dose finding: BOIN'
    """
    found: list[tuple[str, str]] = []
    design, dosing = find_dose_design(protocol), protocol.dosing
    if design is not None and dosing is not None and dosing.method is not None:
        name = type(dosing.method).model_fields["settings"].alias
        found += [(f"dose finding: {name}", reference) for reference in design.references]
    sample, plan = find_sample_design(protocol), protocol.statistics.sample
    if sample is not None and plan is not None:
        name = type(plan).model_fields["settings"].alias
        found += [(f"number treated: {name}", reference) for reference in sample.references]
    for name, monitor in find_monitors(protocol).items():
        found += [(f"stopping boundary: {name}", reference) for reference in monitor.references]
    found += _scales(protocol)
    endpoints = [endpoint for _, _, endpoint in protocol.endpoints.ranked()]
    interval = protocol.statistics.intervals.proportion
    found.append((f"proportions: {interval}", INTERVALS[interval]))
    if any(isinstance(endpoint, TimeToEventEndpoint) for endpoint in endpoints):
        found.append(("time to events: Kaplan-Meier", _SURVIVAL))
    if any(isinstance(endpoint, KineticsEndpoint) for endpoint in endpoints) and rehearsal:
        found += [("virtual kinetics: Stein 2019", r.citation) for r in stein.REFERENCES[:1]]
    if protocol.safety.treatment_emergent:
        found.append(("treatment-emergent events", _EMERGENT))
    found += [("tables", reference) for reference in _TABLES]
    return list(dict.fromkeys(found))


def _scales(protocol: Protocol) -> list[tuple[str, str]]:
    scales = protocol.safety.scales
    used: list[str | None] = [scales.adverse_events, scales.crs, scales.icans, scales.gvhd]
    for _, _, endpoint in protocol.endpoints.ranked():
        if isinstance(endpoint, ResponseEndpoint):
            used.append(endpoint.criteria)
        if isinstance(endpoint, ResponderEndpoint):
            used.append(endpoint.instrument.replace("drug-free ", ""))
    return [
        (f"scale: {name}", CITATIONS.get(name, _NOT_ON_FILE))
        for name in dict.fromkeys(used)
        if name not in (None, "as reported")
    ]
