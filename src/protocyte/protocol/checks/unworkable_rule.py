"""DOS017: rules around a dose method that the method and the levels cannot keep."""

from collections.abc import Iterator
from itertools import pairwise

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.finding import Path
from protocyte.protocol.methods import rule as word
from protocyte.protocol.plan import Protocol

_ROUNDING = 1e-9
_NAMED = ("target", "toxicity_target", "toxicity_limit", "target_toxicity")


def _find(protocol: Protocol) -> Iterator[Defect]:
    dosing = protocol.dosing
    if dosing is None or not dosing.rules:
        return
    if dosing.method is None:
        yield Defect(
            ("dosing", "rules"),
            "There are rules around a dose method and no method.",
            "Name the method (`dosing.method`), or leave the rules out.",
            lacks=("dosing", "method"),
        )
        return
    for number, rule in enumerate(dosing.rules):
        here: Path = ("dosing", "rules", number)
        match rule:
            case word.RuleIncrease(settings=increase):
                yield from _increase(dosing, increase, (*here, "largest increase"))
            case word.RuleTitration(settings=titration):
                yield from _titration(dosing, titration, (*here, "accelerated titration"))
            case word.RuleLeastAtSelected(settings=least):
                yield from _least(dosing, least, (*here, "least at the selected dose"))
            case word.RuleStop(settings=condition):
                yield from _stop(dosing, condition, (*here, "stop when"))


def _increase(dosing: Dosing, increase: float, here: Path) -> Iterator[Defect]:
    unstated = [n for n, level in enumerate(dosing.levels, start=1) if level.dose is None]
    if unstated:
        yield Defect(
            here,
            f"The increase of the dose is limited and level {unstated[0]} states no dose.",
            "State the cells of every level, or leave the rule out.",
        )
        return
    doses = [level.dose.cells for level in dosing.levels if level.dose is not None]
    for number, (low, high) in enumerate(pairwise(doses), start=1):
        if high > low * (1 + increase) * (1 + _ROUNDING):
            yield Defect(
                here,
                f"Level {number + 1} is {high / low:g} times level {number}, and the increase may "
                f"be {increase:g} of the dose: level {number + 1} could never be reached.",
                f"Write {high / low - 1:g} or more, or plan a level between.",
            )
            return


def _titration(dosing: Dosing, titration: word.Titration, here: Path) -> Iterator[Defect]:
    if dosing.cohort.size == 1:
        yield Defect(
            here,
            "Cohorts have one participant, so titration changes nothing.",
            "Give the size of the full cohorts that follow (`dosing.cohort.size`).",
        )
    up_to = titration.up_to
    if up_to is not None and not dosing.start <= up_to <= len(dosing.levels):
        yield Defect(
            (*here, "up_to"),
            f"Titration goes up to level {up_to}; the trial starts at level {dosing.start} and has "
            f"{len(dosing.levels)}.",
            f"Write a number from {dosing.start} to {len(dosing.levels)}.",
        )


def _least(dosing: Dosing, least: int, here: Path) -> Iterator[Defect]:
    if dosing.participants is not None and least > dosing.participants:
        yield Defect(
            here,
            f"{least} participants are asked for at the selected dose, and at most "
            f"{dosing.participants} are treated.",
            f"Write {dosing.participants} or less.",
        )


def _stop(dosing: Dosing, condition: word.StopCondition, here: Path) -> Iterator[Defect]:
    settings = dosing.method.settings if dosing.method else None
    aims = any(getattr(settings, name, None) is not None for name in _NAMED)
    for path, question in _questions(condition, here):
        if isinstance(question, word.WhenTooToxic) and question.settings.limit is None and not aims:
            yield Defect(
                path,
                "The method has no target toxicity probability, and too toxic is asked without a "
                "limit.",
                "Write `limit:` with the toxicity probability to exceed.",
            )


def _questions(condition: word.StopCondition, here: Path) -> Iterator[tuple[Path, word.Question]]:
    """Give the questions of a condition, each with its place."""
    match condition:
        case word.WhenAllOf(settings=parts):
            for number, part in enumerate(parts):
                yield from _questions(part, (*here, "all of", number))
        case word.WhenAnyOf(settings=clauses):
            for number, clause in enumerate(clauses):
                yield from _questions(clause, (*here, "any of", number))
        case question:
            yield here, question


CHECK = Check(
    code="DOS017",
    severity="error",
    title="Rule that cannot be kept",
    why=(
        "A rule around a dose method compares what the protocol states: doses of the levels, "
        "sizes of cohorts, a target. Without these, or with a level that the rule never lets "
        "anybody reach, the trial cannot be run as written."
    ),
    wrong="""
dosing:
  rules:
    - largest increase: 1.0
""",
    right="""
dosing:
  levels: [1e6 cells/kg, 2e6 cells/kg, 4e6 cells/kg]
  rules:
    - largest increase: 1.0
""",
    find=_find,
)
