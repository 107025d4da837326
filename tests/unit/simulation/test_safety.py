"""Adverse events: whether there is a dose-limiting toxicity is what was settled, nothing else.

The judge is `derive_dlt` on the folded record, by each protocol's own definition.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from protocyte.derivation import derive_adae, derive_adsl, derive_cut, derive_dlt
from protocyte.protocol.checks.example import REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import EventTruth, Rehearsal, parse_rehearsal
from protocyte.record import About, Event, fold_events
from protocyte.record.event import AdverseEventSeen, Consented, Treated
from protocyte.simulation.casebook import Casebook
from protocyte.simulation.participant import sample_participant
from protocyte.simulation.recording import simulate_recording
from protocyte.simulation.safety import DrawnEvent, sample_adverse_events
from protocyte.standards.adverse_event import TERMS

PEOPLE = 150
FIRST = date(2026, 1, 1)
Z = 4.0


def example(patch: str) -> tuple[Protocol, Rehearsal]:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    more = """
adverse_events:
  - {term: CRS, grades: [0.2, 0.2, 0.2, 0.2, 0.2], onset: [-3, 40], lasting: [1, 20]}
  - {term: GvHD, grades: [0.2, 0.2, 0.2, 0.2, 0.2], onset: [0, 40], lasting: [1, 40]}
  - {term: Neutrophil count decreased, system: Investigations,
     grades: [0.1, 0.1, 0.2, 0.2, 0.4], onset: [-5, 35], lasting: [1, 60]}
  - {term: Pneumonia, system: Infections and infestations,
     grades: [0.1, 0.1, 0.2, 0.3, 0.3], onset: [0, 35], lasting: [1, 20], related: 0.5}
  - {term: Nausea, grades: [0.1, 0.1, 0.2, 0.3, 0.3], onset: [0, 35], lasting: [1, 20]}
"""
    text = (
        REHEARSAL.partition("adverse_events:")[0]
        + more.lstrip()
        + "leukaemia:"
        + (REHEARSAL.partition("leukaemia:")[2])
    )
    rehearsal = parse_rehearsal(text, protocol=plan)
    assert rehearsal.plan is not None
    assert rehearsal.is_sound, rehearsal.findings
    return plan, rehearsal.plan


def cases(plan: Protocol, rehearsal: Rehearsal, *, apart: int) -> Iterator[tuple[Casebook, bool]]:
    """Casebooks of people of whom every second is to have a toxicity."""
    rng = np.random.default_rng(7)
    for number in range(PEOPLE):
        person = sample_participant(number, rehearsal, rng=rng)
        infusion = FIRST + timedelta(days=apart * number)
        toxic = bool(number % 2)
        events = sample_adverse_events(person, toxic=toxic, protocol=plan, rehearsal=rehearsal)
        yield (
            Casebook(
                f"P{number:03d}",
                person,
                infusion - timedelta(days=60),
                infusion - timedelta(days=50),
                infusion,
                level=1,
                adverse_events=tuple(events),
            ),
            toxic,
        )


def judged(
    plan: Protocol, rehearsal: Rehearsal, *, apart: int = 11, after: int | None = None
) -> list[tuple[str, bool, str, str | None]]:
    """Name, truth, and what the derivation finds: in the end, or so long after the window."""
    assert plan.dosing is not None
    assert plan.dosing.dlt is not None
    truths, events = {}, list[Event]()
    for case, toxic in cases(plan, rehearsal, apart=apart):
        truths[case.identifier] = toxic
        kinds = (Consented, Treated, AdverseEventSeen)
        events += [e for e in simulate_recording(case, plan, rehearsal) if isinstance(e, kinds)]
    record = fold_events(events, about=About("S"))
    at = date(2099, 1, 1)
    if after is not None:
        at = plan.dosing.dlt.window.after(FIRST) + timedelta(days=after)
        record = derive_cut(record, at=at)
    adsl = derive_adsl(record, plan)
    adae = derive_adae(record, plan, adsl=adsl)
    found = derive_dlt(plan, adsl=adsl, adae=adae, at=at).sort("USUBJID")
    assert found["USUBJID"].to_list() == list(truths)
    rows = found.select("DLTEVAL", "DLTFL").rows()
    return [(name, truths[name], *row) for name, row in zip(truths, rows, strict=True)]


@pytest.mark.parametrize("name", ["wu-cart-007", "kj-c2320", "udcar-sle"])
def test_a_toxicity_is_found_in_those_who_are_to_have_one(seed_trial: Any, name: str) -> None:
    for person, toxic, evaluable, flag in judged(*seed_trial(name)):
        assert (evaluable, flag) == ("evaluable", "Y" if toxic else "N"), person


@pytest.mark.parametrize("name", ["wu-cart-007", "kj-c2320", "udcar-sle"])
def test_a_toxicity_is_known_when_the_cohort_is_judged(seed_trial: Any, name: str) -> None:
    for person, toxic, evaluable, flag in judged(*seed_trial(name), apart=0, after=1):
        # Of the others an event may still be going on.
        calm = {("evaluable", "N"), ("pending", None)}
        assert (evaluable, flag) in ({("evaluable", "Y")} if toxic else calm), person


@pytest.mark.parametrize("name", ["ex02", "t-rrex"])
def test_without_a_definition_there_is_nothing_to_meet(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    rng = np.random.default_rng(1)
    for number in range(20):
        person = sample_participant(number, rehearsal, rng=rng)
        calm = sample_adverse_events(person, toxic=False, protocol=plan, rehearsal=rehearsal)
        assert all(event.grade >= 1 for event in calm)
    assert plan.dosing is not None
    assert plan.dosing.dlt is None


@pytest.mark.parametrize(
    "definition",
    [
        "{is: [CRS >= 3]}",
        "{is: [CRS >= 1]}",
        "{is: [CRS >= 2 for >= 1 day, GvHD >= 1]}",
        "{is: [infection >= 3]}",
        "{is: [Pneumonia >= 2 for > 3 days]}",
        "{is: [haematological AE >= 4 for > 14 days]}",
        "{is: [Neutrophil count decreased >= 4 for > 21 days]}",
        "{is: [AE >= 3 for > 72 hours]}",
        "{is: [AE >= 4, non-haematological AE >= 3 for >= 4 days]}",
        "{is: [GvHD >= 2, infection >= 3 for > 7 days], attribution: any}",
        "{is: [CRS >= 3], window: 1 month}",
        "{is: [AE >= 3], window: 2 months, attribution: any}",
        "{is: [CRS >= 3 for > 2 days], window: 6 weeks}",
        "{is: [Dizziness >= 3]}",
    ],
)
def test_definitions_of_other_protocols(definition: str) -> None:
    plan, rehearsal = example(f"dosing: {{dlt: {definition}}}")
    for person, toxic, evaluable, flag in judged(plan, rehearsal):
        assert (evaluable, flag) == ("evaluable", "Y" if toxic else "N"), person


@pytest.mark.parametrize(
    "definition",
    ["{is: [CRS >= 3 for > 14 days]}", "{is: [GvHD >= 2 for >= 10 days], window: 6 weeks}"],
)
def test_a_toxicity_that_must_last_has_lasted_when_the_cohort_is_judged(definition: str) -> None:
    plan, rehearsal = example(f"dosing: {{dlt: {definition}}}")
    for person, toxic, evaluable, flag in judged(plan, rehearsal, apart=0, after=1):
        assert not toxic or (evaluable, flag) == ("evaluable", "Y"), person


def test_an_autologous_product_cannot_meet_a_clause_of_gvhd() -> None:
    plan, rehearsal = example("product: {donor: autologous, edits: []}")
    rng = np.random.default_rng(3)
    for number in range(200):
        person = sample_participant(number, rehearsal, rng=rng)
        events = sample_adverse_events(person, toxic=True, protocol=plan, rehearsal=rehearsal)
        watched = [event for event in events if event.onset <= 28]
        gvhd = [event for event in watched if event.term.startswith("Acute graft")]
        # The rehearsal draws it; as the toxicity it would be of grade 2 or more.
        assert all(event.grade < 2 for event in gvhd)


# ── how often ────────────────────────────────────────────────────────────────
def grades_of(events: list[list[DrawnEvent]], term: str) -> list[float]:
    worst = [max((e.grade for e in one if e.term == term), default=0) for one in events]
    return [float(np.mean([grade == g for grade in worst])) for g in range(5)]


@pytest.mark.parametrize("name", ["ex02", "t-rrex"])
def test_grades_are_as_frequent_as_stated(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    rng, n = np.random.default_rng(11), 2500
    drawn = [
        sample_adverse_events(
            sample_participant(number, rehearsal, rng=rng),
            toxic=False,
            protocol=plan,
            rehearsal=rehearsal,
        )
        for number in range(n)
    ]
    for truth in rehearsal.adverse_events:
        term = TERMS[truth.term].name if truth.term in TERMS else truth.term
        found = grades_of(drawn, term)
        for share, stated in zip(found, truth.grades, strict=True):
            bound = Z * np.sqrt(stated * (1 - stated) / n)
            assert abs(share - stated) <= bound, (truth.term, found, truth.grades)


def test_onset_and_duration_keep_their_span(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("ex02")
    rng = np.random.default_rng(5)
    spans = {truth.term: truth for truth in rehearsal.adverse_events}
    seen: dict[str, list[DrawnEvent]] = {}
    for number in range(800):
        person = sample_participant(number, rehearsal, rng=rng)
        for event in sample_adverse_events(person, toxic=False, protocol=plan, rehearsal=rehearsal):
            seen.setdefault(event.term, []).append(event)
    for term in ("Anaemia", "Infection", "Nausea"):
        truth, events = spans[term], seen[term]
        assert {e.onset for e in events} <= set(range(truth.onset[0], truth.onset[1] + 1))
        assert min(e.lasting for e in events) == truth.lasting[0]
        assert max(e.lasting for e in events) == truth.lasting[1]
        related = np.mean([e.related for e in events])
        bound = Z * np.sqrt(truth.related * (1 - truth.related) / len(events))
        assert abs(related - truth.related) < bound


def test_one_kind_more_at_the_end_changes_no_other(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("ex02")
    rash = EventTruth.model_validate(
        {"term": "Rash", "grades": [0, 1, 0, 0, 0], "onset": [1, 5], "lasting": [1, 5]}
    )
    more = rehearsal.model_copy(update={"adverse_events": (*rehearsal.adverse_events, rash)})
    for number in range(30):
        one, two = (
            sample_participant(number, rehearsal, rng=np.random.default_rng(number))
            for _ in range(2)
        )
        few = sample_adverse_events(one, toxic=False, protocol=plan, rehearsal=rehearsal)
        many = sample_adverse_events(two, toxic=False, protocol=plan, rehearsal=more)
        assert [event for event in many if event.term != "Rash"] == few
        assert len(many) == len(few) + 1


def test_scales_are_the_protocols(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("wu-cart-007")
    rng = np.random.default_rng(2)
    scales: dict[str, set[str]] = {}
    for number in range(60):
        person = sample_participant(number, rehearsal, rng=rng)
        for event in sample_adverse_events(person, toxic=True, protocol=plan, rehearsal=rehearsal):
            scales.setdefault(event.term, set()).add(event.scale)
    assert scales["Cytokine release syndrome"] == {"ASTCT 2019"}
    assert scales["Nausea"] == {"CTCAE 5.0"}
    assert len(scales) >= 6
