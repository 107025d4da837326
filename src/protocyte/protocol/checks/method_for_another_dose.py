"""DOS010: a method that finds another dose than the one that is looked for."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.method import WEIGH_BENEFIT
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None or dosing.method is None or dosing.finds is None:
        return
    method = type(dosing.method).model_fields["settings"].alias
    weighs_benefit = isinstance(dosing.method, WEIGH_BENEFIT)
    if dosing.finds == "optimal biological dose" and not weighs_benefit:
        yield Defect(
            ("dosing", "method"),
            f"{method} looks at toxicity only, and the optimal biological dose is sought.",
            "Choose a method that weighs response as well, such as BOIN12, or say how response "
            "decides afterwards.",
        )
    elif dosing.finds == "maximum tolerated dose" and weighs_benefit:
        yield Defect(
            ("dosing", "method"),
            f"{method} looks for the dose with the best trade of response and toxicity, and the "
            "maximum tolerated dose is sought.",
            "Write `finds: optimal biological dose`, or choose BOIN or 3+3.",
        )


CHECK = Check(
    code="DOS010",
    severity="warning",
    title="Method that finds another dose",
    why=(
        "BOIN and 3+3 climb until toxicity stops them. Infused cells multiply, and more of them at "
        "infusion need not mean a higher peak or a better response: the highest tolerated dose is "
        "not the best one."
    ),
    wrong="""
dosing:
  finds: optimal biological dose
  method: {BOIN: {target: 0.3}}
""",
    right="""
dosing:
  finds: maximum tolerated dose
  method: {BOIN: {target: 0.3}}
""",
    find=_find,
)
