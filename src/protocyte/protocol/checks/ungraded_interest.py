"""SAF003: events that are collected and graded on no scale."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import AdverseEventEndpoint
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    safety, schedule = protocol.safety, protocol.schedule
    dlt = protocol.dosing.dlt if protocol.dosing else None
    # Where an endpoint or the dose method counts them, it is an error: END005, DOS008.
    counted = {
        _key(endpoint.of)
        for _, _, endpoint in protocol.endpoints.ranked()
        if isinstance(endpoint, AdverseEventEndpoint)
    } | {_key(clause.term) for clause in (dlt.is_ if dlt else ())}
    watched = [_key(interest) for interest in safety.of_interest]
    if schedule.visits_for("safety"):
        watched.append("AE")
    # GvHD of an allogeneic product: SAF002.
    for key in dict.fromkeys(watched):
        if key not in (*counted, "GvHD") and safety.scales.of(key) is None:
            what = "Adverse events are collected" if key == "AE" else f"{key} is of interest"
            yield Defect(
                ("safety", "scales"),
                f"{what}, and no scale grades {'them' if key == 'AE' else 'it'}.",
                f"Add `{key}:` to `safety.scales`, with its edition.",
                lacks=("safety", "scales", key),
            )


def _key(term: str) -> str:
    return term if term in ("CRS", "ICANS", "GvHD") else "AE"


CHECK = Check(
    code="SAF003",
    severity="warning",
    title="Events that no scale grades",
    why=(
        "Sites grade what they report, by the scale that they are used to if none is named. "
        "Listings then hold grades of several scales that cannot be told apart."
    ),
    wrong="""
safety:
  scales: {ICANS: null}
  of_interest: [CRS, ICANS, GvHD]
""",
    right="""
safety:
  scales: {ICANS: ASTCT 2019}
  of_interest: [CRS, ICANS, GvHD]
""",
    find=_find,
)
