"""SCH012: a drug given on days that are not days of lymphodepletion."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Path
from protocyte.protocol.plan import Protocol
from protocyte.protocol.schedule import Agent, Lymphodepletion


def _find(protocol: Protocol) -> Iterator[Defect]:
    schedule = protocol.schedule
    given = schedule.activities.lymphodepletion
    if given is None:
        return
    first, last = schedule.offsets(given.days)
    for where, agent in _drugs(given):
        if agent.days is None:
            continue
        begins, ends = schedule.offsets(agent.days)
        if begins < first or ends > last:
            yield Defect(
                where,
                f"{agent.drug} is given on days {agent.days}; lymphodepletion is on days "
                f"{given.days}.",
                "Let `lymphodepletion.days` span the days of every drug.",
            )


def _drugs(given: Lymphodepletion) -> Iterator[tuple[Path, Agent]]:
    """List the drugs of all participants and of every regimen, with their places."""
    here = ("schedule", "activities", "lymphodepletion")
    for index, agent in enumerate(given.agents):
        yield (*here, "agents", index), agent
    for name, regimen in given.regimens.items():
        for index, agent in enumerate(regimen.agents):
            yield (*here, "regimens", name, "agents", index), agent


CHECK = Check(
    code="SCH012",
    severity="error",
    title="Drug outside the days of lymphodepletion",
    why=(
        "Prescriptions are written from the drug's days, beds and rest are planned from the days "
        "of the regimen. If they differ, one of them is wrong."
    ),
    wrong="""
schedule:
  activities:
    lymphodepletion:
      days: -5..-3
      agents: [{drug: fludarabine, days: -6..-3}]
""",
    right="""
schedule:
  activities:
    lymphodepletion:
      days: -6..-3
      agents: [{drug: fludarabine, days: -6..-3}]
    screening: {days: -28..-7}
""",
    find=_find,
)
