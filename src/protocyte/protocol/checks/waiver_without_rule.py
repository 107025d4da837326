"""POP004: an exception to a rule that is not there."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for kind, name, criterion in protocol.population.criteria():
        if criterion.waive and not criterion.rule:
            yield Defect(
                ("population", kind, name, "waive"),
                f'"{criterion.waive}" is an exception to a rule, and the criterion has none.',
                "Add `rule`, or put the exception into the question that is asked.",
            )


CHECK = Check(
    code="POP004",
    severity="error",
    title="Waiver without a rule",
    why=(
        "A waiver is looked at when a rule is not met: somebody attests that the exception "
        "applies. Where a person decides anyway, there is nothing to waive."
    ),
    wrong="""
population:
  include:
    liver: {ask: Is the liver function adequate?, waive: investigator attests cause = SLE}
""",
    right="""
population:
  include:
    liver: {rule: ALT <= 3 ULN, waive: investigator attests cause = SLE}
""",
    find=_find,
)
