"""STA004: looks at the data that do not follow each other."""

from collections.abc import Iterator
from itertools import pairwise

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    sample = protocol.statistics.sample
    looks = getattr(sample.settings, "looks", None) if sample else None
    if sample is None or looks is None:
        return
    key = str(type(sample).model_fields["settings"].alias)
    for place, (earlier, later) in enumerate(pairwise(looks), start=1):
        if later <= earlier:
            yield Defect(
                ("statistics", "sample", key, "looks", place),
                f"A look at {later} participants follows one at {earlier}.",
                "Write the looks in order, each with more participants than the one before.",
            )


CHECK = Check(
    code="STA004",
    severity="error",
    title="Looks out of order",
    why=(
        "At each look the data of all participants so far are judged, so the numbers grow. The "
        "last is the number treated. A look that is not larger than the one before cannot be held."
    ),
    wrong="""
statistics:
  sample:
    BOP2: {endpoint: orr, p0: 0.3, p1: 0.6, alpha: 0.1, looks: [20, 10, 30]}
""",
    right="""
statistics:
  sample:
    BOP2: {endpoint: orr, p0: 0.3, p1: 0.6, alpha: 0.1, looks: [10, 20, 30]}
""",
    find=_find,
)
