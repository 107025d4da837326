"""DOS011: more participants in dose finding than in the trial."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    planned = protocol.population.planned
    most = protocol.dosing.participants if protocol.dosing else None
    if planned is not None and most is not None and most > planned:
        yield Defect(
            ("dosing", "participants"),
            f"Dose finding treats up to {most} participants; {planned} are planned in all.",
            "Lower `dosing.participants`, or raise `population.planned`.",
        )
    more = protocol.dosing.expansion if protocol.dosing else None
    if (
        planned is not None
        and more is not None
        and (most or 0) + more.participants > planned >= (most or 0)
    ):
        yield Defect(
            ("dosing", "expansion", "participants"),
            f"Dose finding and expansion treat up to {(most or 0) + more.participants} "
            f"participants; {planned} are planned in all.",
            "Lower one of the numbers, or raise `population.planned`.",
        )


CHECK = Check(
    code="DOS011",
    severity="error",
    title="Dose finding larger than the trial",
    why=(
        "The planned number is what an ethics committee approves and an insurer covers. Dose "
        "finding that needs more stops before it has found a dose."
    ),
    wrong="""
population: {planned: 30}
dosing:
  participants: 36
""",
    right="""
population: {planned: 36}
dosing:
  participants: 36
""",
    find=_find,
)
