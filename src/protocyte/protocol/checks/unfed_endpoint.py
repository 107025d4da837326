"""END002: an endpoint that no planned assessment feeds."""

from collections.abc import Iterator, Sequence

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import ChangeEndpoint, Endpoint, ResponderEndpoint
from protocyte.protocol.finding import Path
from protocyte.protocol.plan import Protocol
from protocyte.protocol.schedule import Schedule


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        here = ("endpoints", rank, name)
        if isinstance(endpoint, ResponderEndpoint | ChangeEndpoint):
            yield from _at_its_visits(protocol.schedule, endpoint, here)
        else:
            yield from _in_its_window(protocol.schedule, endpoint, here)


def _at_its_visits(
    schedule: Schedule, endpoint: ResponderEndpoint | ChangeEndpoint, here: Path
) -> Iterator[Defect]:
    for index, name in enumerate(endpoint.at):
        visit = schedule.visit(name)
        missing = [group for group in endpoint.needs if visit and not set(group) & set(visit.does)]
        if missing:
            listed = _listed(missing)
            yield Defect(
                (*here, "at", index),
                f"{_measured(endpoint)} needs {listed}, which is not done at {name}.",
                f"Add {listed} to what {name} `does`, or remove {name} from the endpoint.",
                lacks=("schedule", "visits"),
            )


def _in_its_window(schedule: Schedule, endpoint: Endpoint, here: Path) -> Iterator[Defect]:
    anchor = getattr(endpoint, "anchor", "infusion")
    start = schedule.time_of(anchor) or schedule.time_of("infusion")
    length = getattr(endpoint, "until", None)
    end = start.plus(length) if start and length and schedule.time_of(anchor) else None
    for group in endpoint.needs:
        feeds = [
            visit
            for visit in schedule.visits_for(*group)
            if (start is None or schedule.timepoint(visit).is_after(start))
            and not (end and schedule.earliest(visit).is_after(end))
        ]
        if not feeds:
            within = f" within {length}" if end else ""
            yield Defect(
                here,
                f"{_measured(endpoint)} needs {_listed([group])}, and no visit after the {anchor}"
                f"{within} does it.",
                f"Add {_listed([group])} to a visit there, or plan such a visit.",
                lacks=("schedule", "visits"),
            )


def _measured(endpoint: Endpoint) -> str:
    match endpoint:
        case ResponderEndpoint():
            return endpoint.instrument
        case ChangeEndpoint():
            return f"A change of {endpoint.of}"
        case _:
            return f"This endpoint ({endpoint.measure})"


def _listed(groups: Sequence[Sequence[str]]) -> str:
    return " and ".join(" or ".join(f"`{name}`" for name in group) for group in groups)


CHECK = Check(
    code="END002",
    severity="error",
    title="Endpoint that no assessment feeds",
    why=(
        "An endpoint is computed from what is assessed at visits. If a score that an instrument is "
        "made of is not taken at a visit, every participant is missing there: SRI-4 needs SLEDAI, "
        "BILAG and PGA; DORIS and LLDAS need SLEDAI, PGA and the medication."
    ),
    wrong="""
endpoints:
  secondary:
    ecog: {measure: change, of: ECOG, at: [Day 7]}
""",
    right="""
endpoints:
  secondary:
    ecog: {measure: change, of: ECOG, at: [Month 3]}
""",
    find=_find,
)
