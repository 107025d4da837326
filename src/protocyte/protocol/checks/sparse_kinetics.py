"""END008: kinetic parameters that the planned samples cannot give."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import KineticsEndpoint
from protocyte.protocol.plan import Protocol

_AREAS = {"AUC0-28d": 28.0, "AUC0-90d": 90.0}
_PEAK = ("Cmax", "Tmax")
_PEAK_DAYS = 28.0
_PEAK_SAMPLES = 3
# The peak, and after it the three points that a terminal slope asks for.
_SLOPE_SAMPLES = 4


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    infusion = schedule.offset_of(schedule.activities.infusion.day)
    times = [schedule.offset(visit) - infusion for visit in schedule.visits_for("cell kinetics")]
    samples = [time for time in times if time > 0]
    early = sum(time <= _PEAK_DAYS for time in samples)
    for rank, name, endpoint in protocol.endpoints.ranked():
        # Without any sample the endpoint is empty: END002.
        if not isinstance(endpoint, KineticsEndpoint) or not samples:
            continue
        for index, parameter in enumerate(endpoint.parameters):
            needs = ""
            if parameter in _AREAS and max(samples) < _AREAS[parameter]:
                needs = (
                    f"a sample {_AREAS[parameter]:g} days after the infusion or later; the last is "
                    f"after {max(samples):g} days"
                )
            elif parameter in _PEAK and early < _PEAK_SAMPLES:
                needs = f"three samples in the first 28 days to be seen; planned are {early}"
            elif parameter == "half-life" and len(samples) < _SLOPE_SAMPLES:
                needs = (
                    "the peak and three samples after it; planned after the infusion are "
                    f"{len(samples)}"
                )
            if needs:
                yield Defect(
                    ("endpoints", rank, name, "parameters", index),
                    f"{parameter} needs {needs}.",
                    f"Add `cell kinetics` to more visits, or remove {parameter}.",
                    lacks=("schedule", "visits"),
                )


CHECK = Check(
    code="END008",
    severity="warning",
    title="Too few samples for a kinetic parameter",
    why=(
        "An area to day 28 cannot be had from samples that stop on day 21, and a peak between two "
        "samples two weeks apart is missed: infused cells peak in the second week and fall within "
        "days. A terminal half-life takes at least three points after the peak."
    ),
    wrong="""
endpoints:
  secondary:
    kinetics: {measure: cell kinetics, parameters: [Cmax, Tmax, AUC0-90d]}
""",
    right="""
endpoints:
  secondary:
    kinetics: {measure: cell kinetics, parameters: [Cmax, Tmax, AUC0-28d]}
""",
    find=_find,
)
