"""TRL001: a trial that ends before it begins."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    start, completion = protocol.trial.start, protocol.trial.completion
    if start is not None and completion is not None and completion < start:
        yield Defect(
            ("trial", "completion"),
            f"The trial is planned to end on {completion}, before it starts on {start}.",
            "Correct `start` or `completion`; a year or a month is probably mistyped.",
        )


CHECK = Check(
    code="TRL001",
    severity="error",
    title="Completion before start",
    why=(
        "Every calendar of the trial, from enrolment to the last visit, lies between these two "
        "dates. If they are the wrong way round, no participant can be followed."
    ),
    wrong="""
trial:
  start: 2026-01-01
  completion: 2025-12-31
""",
    right="""
trial:
  start: 2026-01-01
  completion: 2029-12-31
""",
    find=_find,
)
