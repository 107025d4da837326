"""STA002: a sample size for an endpoint that is not there, or that it does not suit."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import (
    AdverseEventEndpoint,
    DoseLimitingToxicityEndpoint,
    ResponderEndpoint,
    ResponseEndpoint,
)
from protocyte.protocol.methods.sample import UseFixedSample
from protocyte.protocol.plan import Protocol

_RESPONSES: tuple[type, ...] = (ResponseEndpoint, ResponderEndpoint)
_SHARES = (*_RESPONSES, AdverseEventEndpoint, DoseLimitingToxicityEndpoint)


def _find(protocol: Protocol) -> Iterator[Defect]:
    sample = protocol.statistics.sample
    if sample is None or sample.settings.endpoint is None:
        return
    key, name = str(type(sample).model_fields["settings"].alias), sample.settings.endpoint
    fixed = isinstance(sample, UseFixedSample)
    suited, wanted = _SHARES if fixed else _RESPONSES, "a share of responders"
    if fixed:
        wanted = "a share of participants"
    here = ("statistics", "sample", key, "endpoint")
    endpoint = protocol.endpoints.named(name)
    if endpoint is None:
        names = ", ".join(name for _, name, _ in protocol.endpoints.ranked())
        yield Defect(
            here,
            f'No endpoint is called "{name}"; there are {names}.',
            f"Name an endpoint that is {wanted}.",
            lacks=("endpoints",),
        )
    elif not isinstance(endpoint, suited):
        yield Defect(
            here,
            f"{name} ({endpoint.measure}) is not {wanted}.",
            f"Name an endpoint that is {wanted}.",
        )


CHECK = Check(
    code="STA002",
    severity="error",
    title="Sample size for an unsuited endpoint",
    why=(
        "Simon's two stages and their kin count responders, and the precision of a fixed number is "
        "that of a proportion. A time or a change cannot be put into either."
    ),
    wrong="""
statistics:
  sample:
    Simon: {endpoint: os, p0: 0.3, p1: 0.6, alpha: 0.05, power: 0.8}
""",
    right="""
statistics:
  sample:
    Simon: {endpoint: orr, p0: 0.3, p1: 0.6, alpha: 0.05, power: 0.8}
""",
    find=_find,
)
