"""END007: a responder category that the response criteria do not have."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.endpoint import ResponseEndpoint
from protocyte.protocol.plan import Protocol

#: Categories that may count as response; criteria that are not listed here are not checked.
_CATEGORIES: dict[str, tuple[str, ...]] = {
    "ELN 2022": ("CR", "CRh", "CRi", "MLFS", "PR"),
    "NCCN ALL": ("CR", "CRi", "CRu", "PR"),
    "Lugano 2014": ("CR", "PR", "CMR", "PMR"),
}


def _find(protocol: Protocol) -> Iterator[Defect]:
    for rank, name, endpoint in protocol.endpoints.ranked():
        if not isinstance(endpoint, ResponseEndpoint) or endpoint.criteria not in _CATEGORIES:
            continue
        known = _CATEGORIES[endpoint.criteria]
        for index, category in enumerate(endpoint.responders):
            if category not in known:
                yield Defect(
                    ("endpoints", rank, name, "responders", index),
                    f'{endpoint.criteria} has no response called "{category}".',
                    f"Use {', '.join(known)}; or write `criteria: as reported`, if responses are "
                    "taken over as the site words them.",
                )


CHECK = Check(
    code="END007",
    severity="error",
    title="Responders that the criteria do not know",
    why=(
        "Who counts as a responder is decided by the categories of the criteria. A category that "
        "they do not have is never recorded, so those participants never count."
    ),
    wrong="""
endpoints:
  secondary:
    orr: {measure: response rate, criteria: NCCN ALL, responders: [CR, VGPR], until: 3 months}
""",
    right="""
endpoints:
  secondary:
    orr: {measure: response rate, criteria: NCCN ALL, responders: [CR, CRi], until: 3 months}
""",
    find=_find,
)
