"""POP005: a laboratory limit that a value of any age may meet."""

import re
from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.comparison import LIMITS, Comparison
from protocyte.protocol.plan import Protocol

_LABORATORY = re.compile(r"(/\s?([dmuµ]?L|mm\^?3)|/min)$")


def _find(protocol: Protocol) -> Iterator[Defect]:
    if protocol.population.lab_window is not None:
        return
    for kind, name, criterion in protocol.population.criteria():
        compared = criterion.parsed.unwindowed if criterion.parsed else ()
        found = next((one for one in compared if _is_laboratory(one)), None)
        if found:
            yield Defect(
                ("population", kind, name, "rule"),
                f"{found} has no window, and `lab_window` is absent: a value of any age meets it.",
                "Add `lab_window` to `population`, such as `28 days`, or a window to the rule: "
                f"`{found} within 28 days`.",
                lacks=("population", "lab_window"),
            )


def _is_laboratory(comparison: Comparison) -> bool:
    return comparison.unit in LIMITS or bool(_LABORATORY.search(comparison.unit))


CHECK = Check(
    code="POP005",
    severity="warning",
    title="Laboratory limit without a window",
    why=(
        "A neutrophil count from last year says nothing about today. Without a look-back the "
        "latest value counts, however old it is."
    ),
    wrong="""
population:
  lab_window: null
""",
    right="""
population:
  lab_window: 28 days
""",
    find=_find,
)
