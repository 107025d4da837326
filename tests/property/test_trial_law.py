"""Laws of virtual trials: the calendar is kept, and no decision sees the future."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocyte.derivation import derive_analysis_data, derive_cut, derive_outcomes
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL, amend_data
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.protocol.source import parse_source
from protocyte.record import DOMAINS, About, Record, fold_events
from protocyte.record.event import AdverseEventSeen, Died, MedicationTaken
from protocyte.simulation.trial import simulate_trial

NAMES = ("ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007")
PLANS: Any = parse_source(EXAMPLE, file="example").data
TRUTHS: Any = parse_source(REHEARSAL, file="rehearsal").data


Days = dict[tuple[str, str, str], list[date]]


def dated(record: Record) -> Days:
    """All days of a record by domain, column and participant, in the order of the rows."""
    found: Days = defaultdict(list)
    for name, table in DOMAINS.items():
        for column in (c.name for c in table.columns if c.kind == "date"):
            for person, text in record[name].select("USUBJID", column).drop_nulls().iter_rows():
                found[name, column, person].append(date.fromisoformat(str(text)[:10]))
    return found


# ── laws of any virtual trial ────────────────────────────────────────────────
def assert_calendar_is_kept(found: Any) -> None:
    """Consent, enrolment, infusion, visits and the end stand in their order."""
    record: Record = found.trial.record
    days = dated(record)
    assert record.participants == tuple(sorted(case.identifier for case in found.cases))
    cells = record["EX"].filter(pl.col("EXCAT") == "CELL INFUSION")
    infusions = dict(cells.select("USUBJID", "EXSTDTC").rows())
    assert len(infusions) == cells.height
    for case in found.cases:
        person = case.identifier
        assert days["DM", "RFICDTC", person] == [case.consent]
        assert (person in infusions) == (case.infusion is not None)
        if case.enrolment is not None:
            assert case.enrolment >= case.consent
        if case.infusion is None:
            continue
        assert infusions[person] == case.infusion.isoformat()
        assert case.enrolment is not None
        assert case.infusion >= case.enrolment
        for collected in days["PR", "PRSTDTC", person]:
            assert case.consent <= collected < case.infusion
        for started in days["EX", "EXSTDTC", person]:
            assert case.enrolment <= started <= case.infusion
    for person, held in record["SV"].sort("VISITNUM").group_by("USUBJID", maintain_order=True):
        on = [date.fromisoformat(text) for text in held["SVSTDTC"].to_list()]
        assert on == sorted(on)
        case = next(case for case in found.cases if case.identifier == person[0])
        assert case.enrolment <= on[0]


def assert_nothing_after_the_end(found: Any) -> None:
    """Nobody is seen after death, withdrawal or the end of follow-up."""
    days = dated(found.trial.record)
    ends = {case.identifier: case.last_day(found.plan) for case in found.cases if case.infusion}
    for (name, column, person), seen in days.items():
        assert person not in ends or max(seen) <= ends[person], (name, column, person)
    for case in found.cases:
        if case.death is not None and case.death == ends[case.identifier]:
            assert days["DM", "DTHDTC", case.identifier] == [case.death]
        else:
            assert ("DM", "DTHDTC", case.identifier) not in days


def assert_nothing_is_recorded_before_it_happened(found: Any) -> None:
    assert found.events
    for event in found.events:
        known = event.recorded.date().isoformat()
        for row in event.rows():
            dated = [c.name for c in DOMAINS[row.domain].columns if c.kind == "date"]
            for column in dated:
                value = row.values.get(column)
                assert value is None or str(value)[:10] <= known, (event, column)


def assert_stagger_is_kept(found: Any) -> None:
    dosing = found.plan.dosing
    cohorts: dict[int, list[date]] = defaultdict(list)
    for case in found.cases:
        if case.infusion is not None and case.cohort is not None:
            cohorts[case.cohort].append(case.infusion)
    stagger = dosing.cohort.stagger if dosing else None
    if stagger is None or not cohorts:
        return
    for infusions in cohorts.values():
        ordered = sorted(infusions)
        first_only = dosing.cohort.stagger_applies_to == "first participant"
        for before, after in pairwise(ordered):
            assert after >= stagger.after(ordered[0] if first_only else before)


def assert_cohorts_wait_for_each_other(found: Any) -> None:
    """Every decision waits for the window of its cohort; the next consents come after it."""
    dosing = found.plan.dosing
    if not found.trial.meetings:
        return
    for number, meeting in enumerate(found.trial.meetings, start=1):
        mine = [case for case in found.cases if case.cohort == number and case.infusion]
        last = max(case.infusion for case in mine)
        assert meeting.on > dosing.dlt.window.after(last)
        if dosing.cohort.next_after:
            assert meeting.on > dosing.cohort.next_after.after(last)
        later = [case for case in found.cases if (case.cohort or 99) > number]
        assert all(case.consent >= meeting.on for case in later if case.infusion)


def assert_decisions_see_only_the_past(found: Any) -> None:
    """The record that was folded up to a day, and the whole record cut at it, say the same."""
    plan, record = found.plan, found.trial.record
    for meeting in found.trial.meetings:
        known = [e for e in found.events if e.recorded.date() <= meeting.on]
        past = fold_events(known, about=record.about)
        for data in (
            derive_analysis_data(past, plan, at=meeting.on),
            derive_analysis_data(record, plan, at=meeting.on),
        ):
            seen = derive_outcomes(data)
            assert seen.notation == meeting.notation
            assert seen.pending == 0


LAWS = (
    assert_calendar_is_kept,
    assert_nothing_after_the_end,
    assert_nothing_is_recorded_before_it_happened,
    assert_stagger_is_kept,
    assert_cohorts_wait_for_each_other,
    assert_decisions_see_only_the_past,
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_five_protocols_keep_the_laws(rehearsed: Any, name: str, law: Any) -> None:
    law(rehearsed(name))


PATCHES = st.fixed_dictionaries(
    {
        "size": st.integers(1, 3),
        "stagger": st.sampled_from([None, "1 day", "14 days", "2 weeks", "40 days"]),
        "applies": st.sampled_from(["first participant", "every participant"]),
        "next_after": st.sampled_from([None, "14 days", "28 days", "60 days"]),
        "window": st.sampled_from(["14 days", "28 days", "1 month"]),
        "visit_window": st.sampled_from(["1 day", "3 days", "-2..4 days"]),
        "per_month": st.sampled_from([0.5, 3.0, 60.0]),
        "screen_failure": st.sampled_from([0.0, 0.4]),
        "not_infused": st.sampled_from([0.0, 0.4]),
        "withdrawal": st.sampled_from([0.0, 0.5, 0.999]),
        "screening": st.sampled_from(["0 days", "1 week", "2 months"]),
        "donor": st.sampled_from(["autologous", "healthy donor"]),
        "death": st.sampled_from(["5 days", "6 months"]),
        "onset": st.sampled_from([[-4, 3], [0, 60]]),
        "seed": st.integers(0, 10_000),
    }
)


def drawn(values: dict[str, Any]) -> tuple[Protocol, Rehearsal]:
    autologous = values["donor"] == "autologous"
    cohort = {
        "size": values["size"],
        "stagger": values["stagger"],
        "stagger_applies_to": values["applies"],
        "next_after": values["next_after"],
    }
    activities = {"leukapheresis": {"vein_to_vein": "3 weeks"}} if autologous else {}
    visits = [
        visit | ({"window": values["visit_window"]} if visit["name"] != "Baseline" else {})
        for visit in PLANS["schedule"]["visits"]
    ]
    plan = amend_data(
        PLANS,
        {
            "product": {"donor": values["donor"]},
            "schedule": {"activities": activities, "visits": visits},
            "dosing": {
                "cohort": cohort,
                "participants": 3 * values["size"],
                "dlt": {"window": values["window"]},
            },
        },
    )
    truths = amend_data(
        TRUTHS,
        {
            "accrual": {
                "per_month": values["per_month"],
                "screen_failure": values["screen_failure"],
                "not_infused": values["not_infused"],
                "withdrawal_a_year": values["withdrawal"],
                "screening": values["screening"],
            },
            "leukaemia": {"death_median": values["death"], "progression_median": "10 days"},
            "adverse_events": [
                TRUTHS["adverse_events"][0] | {"onset": values["onset"]},
                {
                    "term": "Nausea",
                    "grades": [0.2, 0.2, 0.2, 0.2, 0.2],
                    "onset": values["onset"],
                    "lasting": [1, 30],
                },
            ],
        },
    )
    return Protocol.model_validate(plan), Rehearsal.model_validate(truths)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(PATCHES)
def test_any_virtual_trial_keeps_the_laws(rehearse: Any, values: dict[str, Any]) -> None:
    plan, rehearsal = drawn(values)
    found = rehearse(plan, rehearsal, seed=values["seed"])
    for law in LAWS:
        law(found)
    sizes = [meeting.notation.split()[-1] for meeting in found.trial.meetings]
    assert all(len(word) - 1 == values["size"] for word in sizes)


def test_a_meeting_waits_for_what_is_still_open(rehearse: Any) -> None:
    """Everybody has a severe event from day 26 to day 30; only more than seven days count."""
    nausea = {"term": "Nausea", "grades": [0, 0, 0, 1, 0], "onset": [26, 26], "lasting": [5, 5]}
    plan = amend_data(PLANS, {"dosing": {"participants": 6}})
    truths = amend_data(TRUTHS, {"adverse_events": [nausea]})
    truths["scenarios"][0] |= {"toxicity": [0, 0, 0], "response": [1, 1, 1]}
    found = rehearse(Protocol.model_validate(plan), Rehearsal.model_validate(truths))
    assert [meeting.notation for meeting in found.trial.meetings] == ["1NNN", "1NNN 2NNN"]
    for number, meeting in enumerate(found.trial.meetings, start=1):
        infused = [case.infusion for case in found.cases if case.cohort == number]
        assert meeting.on == max(day for day in infused if day) + timedelta(days=30)


# ── seeds ────────────────────────────────────────────────────────────────────
def small(seed: int, *, more: bool = False, first: bool = False) -> Any:
    plan = Protocol.model_validate(amend_data(PLANS, {"dosing": {"participants": 6}}))
    rash = {"term": "Rash", "grades": [0.3, 0.7, 0, 0, 0], "onset": [1, 5], "lasting": [1, 5]}
    events = [*TRUTHS["adverse_events"]]
    if more:
        events = [rash, *events] if first else [*events, rash]
    rehearsal = Rehearsal.model_validate(amend_data(TRUTHS, {"adverse_events": events}))
    return simulate_trial(
        plan,
        rehearsal,
        scenario=rehearsal.scenarios[0],
        about=About("S", "rehearsal"),
        start=date(2027, 1, 4),
        rng=np.random.default_rng(seed),
    )


def test_one_seed_is_one_record() -> None:
    one, two, other = small(1), small(1), small(2)
    for name in DOMAINS:
        assert one.record[name].equals(two.record[name])
    assert one.meetings == two.meetings
    assert one.selection == two.selection
    assert not one.record["DM"].equals(other.record["DM"])


@pytest.mark.parametrize("first", [False, True])
def test_one_kind_of_event_more_changes_neither_who_comes_nor_who_responds(first: bool) -> None:
    one, two = small(1), small(1, more=True, first=first)
    assert "Rash" in two.record["AE"]["AEDECOD"].to_list()
    for name in ("DM", "EX", "DS", "SV", "RS", "PC", "LB"):
        assert one.record[name].equals(two.record[name]), name
    assert one.meetings == two.meetings


def test_what_is_known_grows(rehearsed: Any) -> None:
    """An end is news: on the first day an adverse event has none, nor has a course of a drug."""
    events = rehearsed("udcar-sle").events
    first: dict[tuple[Any, ...], bool] = {}
    for event in events:
        if isinstance(event, AdverseEventSeen | MedicationTaken):
            name = event.identifier if isinstance(event, AdverseEventSeen) else event.drug
            key = (type(event), event.participant, name, event.happened)
            lasting = event.until not in (None, event.happened)
            first.setdefault(key, lasting)
    assert len(first) > 100
    assert not any(first.values())


def test_a_death_is_recorded_once(rehearsed: Any) -> None:
    events = rehearsed("ex02").events
    died = [event.participant for event in events if isinstance(event, Died)]
    assert died
    assert len(died) == len(set(died))


def test_the_start_is_the_first_day_on_which_somebody_may_come(rehearsed: Any) -> None:
    for name in NAMES:
        first = min(case.consent for case in rehearsed(name).cases)
        assert date(2027, 1, 4) <= first <= date(2027, 1, 4) + timedelta(days=400)


@pytest.mark.parametrize("name", ["kj-c2320", "udcar-sle", "wu-cart-007"])
def test_the_cut_is_what_was_known(rehearsed: Any, name: str) -> None:
    """The whole record cut at a day is what had been recorded by then, row by row."""
    found = rehearsed(name)
    record: Record = found.trial.record
    for meeting in found.trial.meetings[:4]:
        known = [e for e in found.events if e.recorded.date() <= meeting.on]
        past, cut = fold_events(known, about=record.about), derive_cut(record, at=meeting.on)
        for domain, table in DOMAINS.items():
            rows = cut[domain]
            if domain == "EX":
                # Chemotherapy is recorded when it is over.
                rows = rows.filter(pl.col("EXENDTC").is_not_null())
            left, right = (
                frame.drop(table.sequence) if table.sequence else frame
                for frame in (rows, past[domain])
            )
            assert left.equals(right), (domain, meeting.on)
