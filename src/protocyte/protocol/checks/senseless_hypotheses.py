"""STA001: hypotheses or error rates that cannot be told apart."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol

_EVEN = 0.5


def _find(protocol: Protocol) -> Iterator[Defect]:
    sample = protocol.statistics.sample
    if sample is None:
        return
    settings = sample.settings
    here = ("statistics", "sample", str(type(sample).model_fields["settings"].alias))
    p0, p1 = (getattr(settings, name, None) for name in ("p0", "p1"))
    alpha, power = (getattr(settings, name, None) for name in ("alpha", "power"))
    if p0 is not None and p1 is not None and p0 >= p1:
        yield Defect(
            (*here, "p0"),
            f"The response rate that is not worth pursuing ({p0:g}) is not below the one that is "
            f"({p1:g}).",
            "Exchange `p0` and `p1`, or correct one of them.",
        )
    if alpha is not None and alpha >= _EVEN:
        yield Defect(
            (*here, "alpha"),
            f"A useless product would be taken for a useful one with a probability of up to "
            f"{alpha:g}.",
            "Write a small probability, such as 0.05.",
        )
    if power is not None and (power <= _EVEN or power <= (alpha or 0)):
        yield Defect(
            (*here, "power"),
            f"A useful product would be recognised with a probability of {power:g} only.",
            "Write a probability near 1, such as 0.8.",
        )


CHECK = Check(
    code="STA001",
    severity="error",
    title="Hypotheses the wrong way round",
    why=(
        "A rule on responders tells a response rate that is not worth pursuing from one that is, "
        "with few false positives (alpha) and many true ones (power). No number of participants "
        "does it if the first is the higher, or if chance decides as well."
    ),
    wrong="""
statistics:
  sample:
    Simon: {endpoint: orr, p0: 0.6, p1: 0.3, alpha: 0.05, power: 0.8}
""",
    right="""
statistics:
  sample:
    Simon: {endpoint: orr, p0: 0.3, p1: 0.6, alpha: 0.05, power: 0.8}
""",
    find=_find,
)
