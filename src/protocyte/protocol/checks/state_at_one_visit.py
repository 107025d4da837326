"""END012: a state to be maintained, judged at a single visit."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import ResponderEndpoint
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        if not isinstance(endpoint, ResponderEndpoint) or not endpoint.maintained:
            continue
        if len(set(endpoint.at)) == 1:
            yield Defect(
                ("endpoints", rank, name, "maintained"),
                f"{endpoint.instrument} must be maintained, and {endpoint.at[0]} is the only visit "
                "at which it is judged.",
                "Name under `at` every visit at which it must hold, or remove `maintained`.",
            )


CHECK = Check(
    code="END012",
    severity="warning",
    title="State maintained over a single visit",
    why=(
        "A state is maintained if it holds at each of several visits. With one visit, reaching it "
        "and maintaining it are the same, and the endpoint promises more than it measures."
    ),
    wrong="""
endpoints:
  secondary: null
  exploratory:
    lldas: {measure: responder, instrument: LLDAS, at: [Month 6], maintained: true}
schedule:
  visits:
    - {name: Day 28, day: 28, does: [safety, SLEDAI]}
    - {name: Month 3, after: 3 months, does: [safety, SLEDAI, PGA, medication]}
    - {name: Month 6, after: 6 months, does: [safety, SLEDAI, PGA, medication]}
""",
    right="""
endpoints:
  secondary: null
  exploratory:
    lldas: {measure: responder, instrument: LLDAS, at: [Month 3, Month 6], maintained: true}
schedule:
  visits:
    - {name: Day 28, day: 28, does: [safety, SLEDAI]}
    - {name: Month 3, after: 3 months, does: [safety, SLEDAI, PGA, medication]}
    - {name: Month 6, after: 6 months, does: [safety, SLEDAI, PGA, medication]}
""",
    find=_find,
)
