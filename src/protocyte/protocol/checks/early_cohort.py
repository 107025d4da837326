"""DOS001: a cohort that opens while the one before is still at risk."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol
from protocyte.protocol.timepoint import Timepoint


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None or dosing.dlt is None or dosing.cohort.next_after is None:
        return
    waits, window = dosing.cohort.next_after, dosing.dlt.window
    # A window that opens before the infusion closes earlier: no length of it is known after.
    if dosing.dlt.anchor == "infusion" and Timepoint.of(window).is_after(Timepoint.of(waits)):
        yield Defect(
            ("dosing", "cohort", "next_after"),
            f"The next cohort may open {waits} after the last infusion, before the window of "
            f"dose-limiting toxicity ({window}) has ended.",
            f"Write `next_after: {window}` or more, or leave it out to wait for the window.",
        )


CHECK = Check(
    code="DOS001",
    severity="error",
    title="Next cohort before the window has ended",
    why=(
        "The next dose is chosen from the toxicities of the cohort before. While its window is "
        "open, a dose-limiting toxicity may still come, and the decision would be taken without it."
    ),
    wrong="""
dosing:
  cohort: {next_after: 14 days}
  dlt: {window: 28 days}
""",
    right="""
dosing:
  cohort: {next_after: 28 days}
  dlt: {window: 28 days}
""",
    find=_find,
)
