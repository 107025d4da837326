"""STA005: a mixture prior whose shares do not add up to 1."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol

_ROUNDING = 1e-9


def _find(protocol: Protocol) -> Iterator[Defect]:
    sample = protocol.statistics.sample
    if sample is None:
        return
    here = ("statistics", "sample", str(type(sample).model_fields["settings"].alias))
    for name in ("prior", "control"):
        components = getattr(sample.settings, name, None)
        if components is None:
            continue
        total = sum(part.weight for part in components)
        if abs(total - 1) > _ROUNDING:
            yield Defect(
                (*here, name),
                f"The weights of the {name}'s components add up to {total:g}.",
                "Give each component its share, so that all shares add up to 1.",
            )


CHECK = Check(
    code="STA005",
    severity="error",
    title="Prior that does not add up",
    why=(
        "A mixture prior says how much is believed of history and how much of nothing in "
        "particular. Shares that do not add up to 1 are no probabilities, and no posterior follows."
    ),
    wrong="""
statistics:
  sample:
    Bayesian single arm:
      endpoint: orr
      p0: 0.3
      looks: [15, 30]
      certainty: 0.95
      prior: [{weight: 0.8, a: 8, b: 12}, {weight: 0.4, a: 1, b: 1}]
""",
    right="""
statistics:
  sample:
    Bayesian single arm:
      endpoint: orr
      p0: 0.3
      looks: [15, 30]
      certainty: 0.95
      prior: [{weight: 0.8, a: 8, b: 12}, {weight: 0.2, a: 1, b: 1}]
""",
    find=_find,
)
