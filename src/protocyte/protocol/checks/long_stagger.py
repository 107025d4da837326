"""DOS009: a wait between two participants that is longer than the window."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol
from protocyte.protocol.timepoint import Timepoint


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None or dosing.dlt is None or dosing.cohort.stagger is None:
        return
    waits, window = dosing.cohort.stagger, dosing.dlt.window
    if Timepoint.of(waits).is_after(Timepoint.of(window)):
        yield Defect(
            ("dosing", "cohort", "stagger"),
            f"Two infusions of a cohort are {waits} apart, longer than the window of dose-limiting "
            f"toxicity ({window}).",
            "Shorten `stagger`, or treat one participant a cohort and decide after each.",
        )


CHECK = Check(
    code="DOS009",
    severity="note",
    title="Stagger longer than the window",
    why=(
        "Participants of a cohort are treated apart so that an early toxicity of one is seen "
        "before the next. Once the window is over, nothing more is learnt by waiting, and each "
        "cohort takes longer than one after the other would."
    ),
    wrong="""
dosing:
  cohort: {stagger: 42 days}
  dlt: {window: 28 days}
""",
    right="""
dosing:
  cohort: {stagger: 14 days}
  dlt: {window: 28 days}
""",
    find=_find,
)
