"""SAF004: a stopping boundary that no trial can be run by."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Path
from protocyte.protocol.methods.monitoring import Monitoring, Row, UseTable
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for name, settings in (protocol.safety.monitoring or {}).items():
        here = ("safety", "monitoring", name)
        if settings.first > settings.participants:
            yield Defect(
                (*here, "first"),
                f"The first look is at {settings.first} participants and {settings.participants} "
                "are watched.",
                "Look earlier, or watch more participants.",
            )
        if isinstance(settings.rule, UseTable):
            rows = settings.rule.settings
            yield from _table(settings, rows, (*here, "rule", "table"))


def _table(settings: Monitoring, rows: tuple[Row, ...], here: Path) -> Iterator[Defect]:
    before: Row | None = None
    for place, row in enumerate(rows):
        if row.stop_from > row.among:
            yield Defect(
                (*here, place, "stop_from"),
                f"{row.stop_from} events among {row.among} participants cannot happen.",
                "Write a count that is not larger than the participants.",
            )
        if row.among > settings.participants:
            yield Defect(
                (*here, place, "among"),
                f"A look at {row.among} participants lies beyond the {settings.participants} that "
                "are watched.",
                "Take the row away, or watch more participants.",
            )
        if before and row.among <= before.among:
            yield Defect(
                (*here, place, "among"),
                f"A look at {row.among} participants follows one at {before.among}.",
                "Write the rows in order, each with more participants than the one before.",
            )
        elif before and row.stop_from < before.stop_from:
            yield Defect(
                (*here, place, "stop_from"),
                f"{row.stop_from} events stop the trial among {row.among} participants and "
                f"{before.stop_from} among {before.among}.",
                "Let the count not fall from one row to the next.",
            )
        before = row


CHECK = Check(
    code="SAF004",
    severity="error",
    title="Impossible stopping boundary",
    why=(
        "A safety committee stops a trial by this table. Looks that are never held, counts that "
        "cannot happen, or fewer events that stop among more participants, leave it without a rule."
    ),
    wrong="""
safety:
  monitoring:
    deaths:
      of: death
      participants: 20
      rule: {table: [{among: 6, stop_from: 3}, {among: 12, stop_from: 2}]}
""",
    right="""
safety:
  monitoring:
    deaths:
      of: death
      participants: 20
      rule: {table: [{among: 6, stop_from: 2}, {among: 12, stop_from: 3}]}
""",
    find=_find,
)
