"""DOS006: a dose method that weighs a benefit which nobody judges."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.method import WEIGH_BENEFIT
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None:
        return
    if dosing.efficacy is None:
        if isinstance(dosing.method, WEIGH_BENEFIT):
            name = type(dosing.method).model_fields["settings"].alias or ""
            yield Defect(
                ("dosing", "method", name),
                f"{name} weighs response against toxicity, and `dosing.efficacy` does not name the "
                "endpoint that counts as response.",
                "Add `efficacy` with an endpoint and a visit, such as `{endpoint: orr, at: Day "
                "28}`.",
                lacks=("dosing", "efficacy"),
            )
        return
    endpoint = protocol.endpoints.named(dosing.efficacy.endpoint)
    if endpoint is None:
        names = [name for _, name, _ in protocol.endpoints.ranked()]
        yield Defect(
            ("dosing", "efficacy", "endpoint"),
            f'No endpoint is called "{dosing.efficacy.endpoint}"; there are {", ".join(names)}.',
            "Name an endpoint that is a response.",
            lacks=("endpoints",),
        )
    elif not isinstance(endpoint, ResponseEndpoint | ResponderEndpoint):
        yield Defect(
            ("dosing", "efficacy", "endpoint"),
            f"{dosing.efficacy.endpoint} ({endpoint.measure}) is not a response that a participant "
            "has or has not.",
            "Name an endpoint whose `measure` is response rate or responder.",
        )
    elif dosing.efficacy.at is not None:
        yield from _visit(protocol, endpoint, dosing.efficacy.at)


def _visit(
    protocol: Protocol, endpoint: ResponseEndpoint | ResponderEndpoint, name: str
) -> Iterator[Defect]:
    visit = protocol.schedule.visit(name)
    if visit is None:
        planned = ", ".join(visit.name for visit in protocol.schedule.visits)
        problem = f'No visit is called "{name}"; planned are {planned}.'
    elif isinstance(endpoint, ResponderEndpoint) and name not in endpoint.at:
        problem = f"The endpoint is judged at {', '.join(endpoint.at)}, and not at {name}."
    elif isinstance(endpoint, ResponseEndpoint) and "disease response" not in visit.does:
        problem = f"{name} does not assess the disease response."
    else:
        return
    yield Defect(
        ("dosing", "efficacy", "at"),
        problem,
        "Name a visit at which the endpoint is judged.",
        lacks=("schedule", "visits"),
    )


CHECK = Check(
    code="DOS006",
    severity="error",
    title="Response that the dose method needs is not judged",
    why=(
        "A method that looks for the optimal biological dose weighs response against toxicity. It "
        "must know which endpoint is the response and at which visit it is judged; otherwise every "
        "participant counts as a non-responder."
    ),
    wrong="""
dosing:
  efficacy: {endpoint: os}
""",
    right="""
dosing:
  efficacy: {endpoint: orr, at: Day 28}
""",
    find=_find,
)
