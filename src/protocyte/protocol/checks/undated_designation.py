"""TRL002: a designation without any date."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for index, designation in enumerate(protocol.trial.designations):
        if designation.on is None and designation.by is None:
            yield Defect(
                ("trial", "designations", index),
                f"No date says since when {designation.name} ({designation.agency}) is held.",
                "Add `on:`, the day it was granted, or `by:`, a day by which it was known to be "
                "held.",
                lacks=("trial", "designations"),
            )


CHECK = Check(
    code="TRL002",
    severity="note",
    title="Designation without a date",
    why=(
        "A designation changes what a regulator expects, and from when. Announcements often name "
        "one that was granted earlier: then the day is unknown, but the day of the announcement is "
        "not."
    ),
    wrong="""
trial:
  designations:
    - {name: Fast Track, agency: FDA}
""",
    right="""
trial:
  designations:
    - {name: Fast Track, agency: FDA, by: 2026-01-21}
""",
    find=_find,
)
