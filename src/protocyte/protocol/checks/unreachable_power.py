"""STA006: error rates that no rule reaches with the participants that are planned."""

import math
from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.methods.sample import Calibrated
from protocyte.protocol.plan import Protocol

_ROUNDING = 1e-9


def _find(protocol: Protocol) -> Iterator[Defect]:
    sample = protocol.statistics.sample
    settings = sample.settings if sample else None
    if sample is None or not isinstance(settings, Calibrated) or settings.power is None:
        return
    p0, p1, alpha, power = settings.p0, settings.p1, settings.alpha, settings.power
    if p0 >= p1 or alpha >= power:
        return
    n = settings.looks[-1]
    most = _most_powerful(n, p0, p1, alpha)
    if most < power - _ROUNDING:
        key = str(type(sample).model_fields["settings"].alias)
        yield Defect(
            ("statistics", "sample", key, "power"),
            f"With {n} participants and a type I error of {alpha:g} no rule recognises a response "
            f"of {p1:g} with a probability above {most:.3f}; {power:g} is asked for.",
            "Treat more participants, allow a larger alpha, or ask for less power.",
        )


def _most_powerful(n: int, p0: float, p1: float, alpha: float) -> float:
    """Return the power of the best test, one that draws lots at its limit (Neyman and Pearson)."""
    error = power = 0.0
    for count in range(n, -1, -1):
        under_null, under_other = _binomial(n, count, p0), _binomial(n, count, p1)
        if error + under_null > alpha:
            return power + (alpha - error) / under_null * under_other
        error, power = error + under_null, power + under_other
    return power


def _binomial(n: int, count: int, p: float) -> float:
    logarithm = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    return math.exp(logarithm + count * math.log(p) + (n - count) * math.log1p(-p))


CHECK = Check(
    code="STA006",
    severity="error",
    title="Power out of reach",
    why=(
        "Looks only lose power against a single test at the end. If even the best single test on "
        "all participants recognises a good product too rarely, no rule on the same participants "
        "can do it, however it is calibrated."
    ),
    wrong="""
statistics:
  sample:
    BOP2: {endpoint: orr, p0: 0.3, p1: 0.4, alpha: 0.05, power: 0.8, looks: [15, 30]}
""",
    right="""
statistics:
  sample:
    BOP2: {endpoint: orr, p0: 0.3, p1: 0.6, alpha: 0.05, power: 0.8, looks: [15, 30]}
""",
    find=_find,
)
