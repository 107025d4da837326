"""Ages of levels in the virtual trial: who is refused, who waits, and when ages count."""

from datetime import date

import numpy as np
import pytest

from protocyte.errors import ProtocolError
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL, amend_data, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import parse_rehearsal
from protocyte.protocol.source import parse_source
from protocyte.record.event import Treated
from protocyte.simulation.accrual import Recruiter
from protocyte.simulation.casebook import Casebook
from protocyte.simulation.recording import simulate_recording

AGES = """
population: {include: {age: {rule: age >= 12 years}}}
dosing:
  outside_ages: %s
  levels:
    - {dose: 1e6 cells/kg, ages: 18 years or more}
    - {dose: 3e6 cells/kg, ages: 12 years or more}
    - {dose: 1e7 cells/kg, ages: 12 years or more}
"""
DAY = date(2026, 1, 5)


def _recruiter(patch: str, *, mean: int = 18, low: int = 12, high: int = 40) -> Recruiter:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    text = REHEARSAL.replace(
        "age: {mean: 45, sd: 12, low: 18, high: 75}",
        f"age: {{mean: {mean}, sd: 6, low: {low}, high: {high}}}",
    )
    truths = parse_rehearsal(text, protocol=plan).plan
    assert truths is not None
    return Recruiter(plan, truths, truths.scenarios[0], "S", rng=np.random.default_rng(7))


def _cases(recruiter: Recruiter, level: int, count: int, cohort: int | None = 1) -> list[Casebook]:
    return [
        recruiter.next_case(level=level, cohort=cohort, after=DAY, previous=[])
        for _ in range(count)
    ]


def test_nobody_outside_the_ages_of_a_level_is_enrolled() -> None:
    recruiter = _recruiter(AGES % "refuse")
    low = _cases(recruiter, 1, 12)
    assert min(case.person.age for case in low) >= 18
    # Arrivals are numbered through, and consents too: nobody who was refused is recorded.
    assert [case.identifier[-3:] for case in low] == [f"{i:03d}" for i in range(1, 13)]
    assert low[-1].person.number > 12
    high = _cases(recruiter, 2, 12)
    assert min(case.person.age for case in high) < 18


def test_those_who_wait_come_first_when_a_level_opens_to_them() -> None:
    recruiter = _recruiter(AGES % "wait")
    low = _cases(recruiter, 1, 6)
    came = {case.person.number for case in low}
    waiting = [n for n in range(1, max(came)) if n not in came]
    assert waiting
    high = _cases(recruiter, 2, len(waiting) + 1)
    assert [case.person.number for case in high[:-1]] == waiting
    assert all(case.consent == DAY for case in high[:-1])
    assert high[-1].person.number == max(came) + 1


def test_refusing_takes_time() -> None:
    """Each case waits for all who were turned away before it."""
    strict, open_ = (
        sum((case.consent - DAY).days for case in _cases(_recruiter(patch), 1, 12))
        for patch in (AGES % "refuse", "{}")
    )
    assert strict > open_


def test_ages_count_in_dose_finding_alone() -> None:
    cases = _cases(_recruiter(AGES % "refuse"), 1, 12, cohort=None)
    assert min(case.person.age for case in cases) < 18


def test_a_level_that_nobody_fits_ends_the_search() -> None:
    recruiter = _recruiter(AGES % "refuse", mean=14, low=12, high=16)
    with pytest.raises(ProtocolError, match="open to ages of 18 years or more, and none of"):
        recruiter.next_case(level=1, cohort=1, after=DAY, previous=[])


def test_regimens_of_levels_are_what_is_given() -> None:
    patch = """
schedule:
  activities:
    lymphodepletion:
      regimens:
        mild: {agents: [{drug: fludarabine, dose: 30 mg/m2}]}
        full: {agents: [{drug: fludarabine, dose: 30 mg/m2}, {drug: cyclophosphamide}]}
dosing:
  levels: [{dose: 1e6 cells/kg, regimen: mild}, {dose: 1e6 cells/kg, regimen: full}]
"""
    data = amend_data(
        parse_source(EXAMPLE, file="example").data, parse_source(patch, file="patch").data
    )
    plan = Protocol.model_validate(data)
    truths = parse_rehearsal(
        REHEARSAL.replace(", 0.20]", "]").replace(", 0.70]", "]").replace(", 0.6]", "]"),
        protocol=plan,
    ).plan
    assert truths is not None
    recruiter = Recruiter(plan, truths, truths.scenarios[0], "S", rng=np.random.default_rng(7))
    for level, drugs in ((1, {"fludarabine"}), (2, {"fludarabine", "cyclophosphamide"})):
        case = next(case for case in _cases(recruiter, level, 9) if case.infusion is not None)
        events = simulate_recording(case, plan, truths)
        given = {
            event.treatment
            for event in events
            if isinstance(event, Treated) and event.category == "LYMPHODEPLETION"
        }
        assert given == drugs
