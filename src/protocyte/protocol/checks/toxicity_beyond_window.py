"""DOS016: a toxicity that must last longer than it is watched for."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol
from protocyte.protocol.timepoint import Timepoint


def _find(protocol: Protocol) -> Iterator[Defect]:
    dlt = protocol.dosing.dlt if protocol.dosing else None
    for index, clause in enumerate(dlt.is_ if dlt else ()):
        if dlt is None or clause.lasting is None:
            continue
        lasting, window = Timepoint.of(clause.lasting), Timepoint.of(dlt.window)
        if lasting.is_after(window) or (lasting == window and clause.longer):
            yield Defect(
                ("dosing", "dlt", "is", index),
                f'"{clause}" lasts longer than the window of {dlt.window}: within the window it '
                "never counts.",
                "Lengthen `window`, or shorten the duration.",
            )


CHECK = Check(
    code="DOS016",
    severity="warning",
    title="Toxicity that lasts longer than the window",
    why=(
        "A toxicity that counts only after six weeks cannot be established in a window of four. "
        "When the next dose is chosen it has never happened."
    ),
    wrong="""
dosing:
  dlt: {window: 28 days, is: [haematological AE >= 4 for > 42 days]}
""",
    right="""
dosing:
  dlt: {window: 60 days, is: [haematological AE >= 4 for > 42 days]}
""",
    find=_find,
)
