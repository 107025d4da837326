"""The schedule-of-activities grid, as protocols print it."""

from protocyte.protocol.plan import Protocol
from protocyte.protocol.quantity import Window
from protocyte.protocol.schedule import ASSESSMENTS, Agent, Schedule, Visit
from protocyte.report.document import Row, Table

_DONE = "×"


def render_schedule(protocol: Protocol) -> Table:
    """Lay out activities and assessments against their days.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    Table
        The grid: one row an activity or assessment, one column a time.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> render_schedule(parse_protocol(EXAMPLE).plan).columns[:3]
    ('', 'Screening', 'Day -6')
    """
    schedule = protocol.schedule
    times = sorted(_times(schedule), key=lambda time: time[0])
    columns = ("", *(heading for _, heading, _ in times))
    rows = [
        Row((name, *(_DONE if name in marks else "" for _, _, marks in times)))
        for name in [*_activities(schedule), *ASSESSMENTS]
        if any(name in marks for _, _, marks in times)
    ]
    windows = [
        f"{visit.name} {_straying(visit.window)}" for visit in schedule.visits if visit.window
    ]
    anchor = "Day 0" if schedule.day_zero else "Day 1, without a Day 0"
    footnotes = [f"Days are counted from the {schedule.anchor}, which is {anchor}."]
    if windows:
        footnotes.append(f"Windows: {', '.join(windows)}.")
    else:
        footnotes.append("No visit windows are stated.")
    footnotes += _stays(schedule)
    return Table(
        "Schedule of activities",
        columns,
        tuple(rows),
        align="l" + "c" * len(times),
        footnotes=tuple(footnotes),
        compact=True,
    )


def _activities(schedule: Schedule) -> list[str]:
    plan = schedule.activities
    names = ["consent and criteria"] if plan.screening else []
    if plan.leukapheresis:
        names.append("leukapheresis")
    if plan.lymphodepletion:
        names.append(
            "lymphodepletion, if needed" if plan.lymphodepletion.optional else "lymphodepletion"
        )
    return [*names, "infusion of cells", "in hospital", "near the site"]


def _times(schedule: Schedule) -> list[tuple[float, str, set[str]]]:
    """Give each column: when it is, its heading, and what is marked in it."""
    plan, times = schedule.activities, []
    if plan.screening:
        first = schedule.offsets(plan.screening.days)[0]
        times.append((float(first), "Screening", {"consent and criteria"}))
    if plan.leukapheresis:
        after = plan.leukapheresis.vein_to_vein
        when = -after.nominal_days if after else -7.5
        times.append((when, "Leukapheresis", {"leukapheresis"}))
    if plan.lymphodepletion:
        first = schedule.offsets(plan.lymphodepletion.days)[0]
        name = _activities(schedule)[-4]
        times.append((first + 0.1, _days(str(plan.lymphodepletion.days)), {name}))
    infusion, given = f"Day {plan.infusion.day}", float(schedule.offset_of(plan.infusion.day))
    times.append((given, infusion, {"infusion of cells", *_where(schedule, given)}))
    for visit in schedule.visits:
        offset = schedule.offset(visit)
        marks = {*visit.does, *(_where(schedule, offset) if offset >= given else ())}
        same = next((time for time in times if time[1] == infusion and offset == given), None)
        if same:
            same[2].update(marks)
        else:
            times.append((offset, _heading(visit), marks))
    return times


def _straying(window: Window) -> str:
    if window.before == window.after:
        return f"± {window}"
    return f"-{window.before} to +{window.after} days"


def _heading(visit: Visit) -> str:
    if visit.day is not None and f"{visit.day}" not in visit.name:
        return f"Day {visit.day}" if visit.name == "Baseline" else f"{visit.name} (Day {visit.day})"
    return visit.name


def _days(span: str) -> str:
    return f"Days {span.replace('..', ' to ')}"


def _where(schedule: Schedule, offset: float) -> set[str]:
    """Tell whether the participant is in hospital, or near the site, on a day."""
    plan, found = schedule.activities, set()
    if plan.hospital:
        first, last = schedule.offsets(plan.hospital.days)
        if first <= offset <= last:
            found.add("in hospital")
    if plan.proximity:
        first, last = schedule.offsets(plan.proximity.days)
        if first <= offset <= last:
            found.add("near the site")
    return found


def _agents(agents: tuple[Agent, ...]) -> str:
    return ", ".join(
        f"{agent.drug} {agent.dose or '(dose not stated)'}"
        + (f" on {_days(str(agent.days)).lower()}" if agent.days else "")
        for agent in agents
    )


def _stays(schedule: Schedule) -> list[str]:
    plan, notes = schedule.activities, []
    if plan.hospital:
        least = "at least " if plan.hospital.at_least else ""
        notes.append(f"In hospital: {least}{_days(str(plan.hospital.days)).lower()}.")
    if plan.proximity:
        notes.append(
            f"Within {plan.proximity.within} of the site: "
            f"{_days(str(plan.proximity.days)).lower()}."
        )
    if plan.lymphodepletion:
        depletion = plan.lymphodepletion
        agents = _agents(depletion.agents)
        if depletion.regimens:
            agents = "; ".join(
                f"{name}: {_agents(regimen.agents) or 'agents not stated'}"
                for name, regimen in depletion.regimens.items()
            )
        rest = f"; rest on {_days(str(depletion.rest)).lower()}" if depletion.rest else ""
        notes.append(f"Lymphodepletion: {agents or 'agents not stated'}{rest}.")
    if plan.leukapheresis and plan.leukapheresis.vein_to_vein:
        notes.append(
            f"Leukapheresis {plan.leukapheresis.when}, about {plan.leukapheresis.vein_to_vein} "
            "before the infusion."
        )
    return notes
