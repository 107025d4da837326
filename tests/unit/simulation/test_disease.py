"""Courses of leukaemia and of lupus: the verdict that was drawn is the verdict that is derived."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from protocyte.derivation import (
    derive_adrs,
    derive_adsl,
    derive_best_response,
    derive_lupus_visits,
    derive_responders,
)
from protocyte.errors import ProtocolError
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.protocol.quantity import Window
from protocyte.protocol.rehearsal import Lupus, Rehearsal, Scenario, Spread
from protocyte.record import About, Event, fold_events
from protocyte.simulation.accrual import Recruiter
from protocyte.simulation.casebook import Casebook
from protocyte.simulation.distribution import sample_spread
from protocyte.simulation.leukaemia import sample_leukaemia_course
from protocyte.simulation.lupus import sample_lupus_course
from protocyte.simulation.participant import sample_participant
from protocyte.simulation.recording import simulate_recording

Z = 4.0


def infused(
    plan: Protocol, rehearsal: Rehearsal, *, n: int, response: float, apart: int = 7
) -> list[Casebook]:
    """People who are all infused, one after the other, and none of whom leaves."""
    levels = len(plan.dosing.levels) if plan.dosing else 1
    truth = Scenario(name="x", toxicity=(0.0,) * levels, response=(response,) * levels)
    accrual = rehearsal.accrual.model_copy(
        update={"screen_failure": 0.0, "not_infused": 0.0, "withdrawal_a_year": 0.0}
    )
    rehearsal = rehearsal.model_copy(update={"accrual": accrual})
    recruiter = Recruiter(plan, rehearsal, truth, "S", rng=np.random.default_rng(20260121))
    start = date(2026, 9, 1)
    return [
        recruiter.next_case(
            level=1, cohort=None, after=start + timedelta(days=apart * number), previous=[]
        )
        for number in range(n)
    ]


def events(cases: list[Casebook], plan: Protocol, rehearsal: Rehearsal) -> list[Event]:
    return [event for case in cases for event in simulate_recording(case, plan, rehearsal)]


# ── leukaemia ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["wu-cart-007", "t-rrex", "kj-c2320", "ex02"])
def test_who_responds_is_found_to_respond(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    cases = infused(plan, rehearsal, n=60, response=0.5)
    record = fold_events(events(cases, plan, rehearsal), about=About("S"))
    adsl = derive_adsl(record, plan)
    adrs = derive_adrs(record, adsl=adsl)
    endpoint = plan.endpoints.primary.get("orr") or plan.endpoints.secondary["orr"]
    assert isinstance(endpoint, ResponseEndpoint)
    best = dict(
        derive_best_response(endpoint, adsl=adsl, adrs=adrs).select("USUBJID", "RSPFL").rows()
    )
    seen = {"Y": 0, "N": 0}
    for case in cases:
        assert case.leukaemia is not None
        flag = best[case.identifier]
        seen[flag] += 1
        assert flag == ("Y" if case.leukaemia.responds else "N"), case.identifier
        assert case.leukaemia.responds == (case.person.response < 0.5)
    assert min(seen.values()) > 10


def test_nobody_relapses_before_a_response_was_seen(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("wu-cart-007")
    hasty = rehearsal.leukaemia.model_copy(
        update={"relapse_median": "1 day", "late_first_response": 0.5}
    )
    hasty = type(hasty).model_validate(hasty.model_dump(by_alias=True))
    rehearsal = rehearsal.model_copy(update={"leukaemia": hasty})
    cases = infused(plan, rehearsal, n=40, response=1.0)
    record = fold_events(events(cases, plan, rehearsal), about=About("S"))
    adrs = derive_adrs(record, adsl=derive_adsl(record, plan))
    relapses = 0
    for (person,), rows in adrs.group_by(["USUBJID"]):
        found = rows.sort("ADT")["AVALC"].to_list()
        if "RELAPSE" in found:  # death may come first
            relapses += 1
            before = found[: found.index("RELAPSE")]
            assert set(before) & {"CR", "CRi", "PR"}, (person, found)
    assert relapses > 20


def test_medians_are_those_that_are_stated(seed_trial: Any) -> None:
    _, rehearsal = seed_trial("wu-cart-007")
    truth, rng, n = rehearsal.leukaemia, np.random.default_rng(4), 3000
    people = [sample_participant(number, rehearsal, rng=rng) for number in range(n)]
    good = [
        sample_leukaemia_course(person, truth, response=1.0, assessed=[28.0, 62.0])
        for person in people
    ]
    late = sum(course.first_seen for course in good)
    assert abs(late / n - truth.late_first_response) < Z * np.sqrt(0.25 / n)
    # A response lasts from the assessment at which it is first seen.
    lasted = [course.ends - (62.0 if course.first_seen else 28.0) for course in good]
    lived = [course.dies - course.ends for course in good]
    for days, median in ((lasted, truth.relapse_median), (lived, truth.death_median)):
        shorter = sum(length < median.nominal_days for length in days)
        assert 0.0001 < binom.cdf(shorter, n, 0.5) < 0.9999
    assert all(course.dies > course.ends > 28 for course in good)


def test_categories_are_as_frequent_as_stated(seed_trial: Any) -> None:
    _, rehearsal = seed_trial("wu-cart-007")
    truth, rng, n = rehearsal.leukaemia, np.random.default_rng(5), 3000
    people = [sample_participant(number, rehearsal, rng=rng) for number in range(n)]
    for response, split in ((1.0, truth.responses), (0.0, truth.failures)):
        drawn = [
            sample_leukaemia_course(person, truth, response=response, assessed=[28.0]).category
            for person in people
        ]
        assert set(drawn) == set(split)
        for category, share in split.items():
            found = drawn.count(category) / n
            assert abs(found - share) < Z * np.sqrt(share * (1 - share) / n)


def test_what_an_assessment_finds(seed_trial: Any) -> None:
    _, rehearsal = seed_trial("wu-cart-007")
    rng = np.random.default_rng(6)
    person = sample_participant(1, rehearsal, rng=rng)
    good = sample_leukaemia_course(person, rehearsal.leukaemia, response=1.0, assessed=[28.0, 62.0])
    assert good.category_at(good.ends, assessment=9) == "RELAPSE"
    assert good.category_at(good.ends - 0.5, assessment=9) == good.category
    bad = sample_leukaemia_course(person, rehearsal.leukaemia, response=0.0, assessed=[28.0])
    assert bad.category_at(bad.ends, assessment=0) == "PD"


# ── lupus ────────────────────────────────────────────────────────────────────
def with_window(plan: Protocol, *, days: int) -> Protocol:
    """The plan with a window at the visit that judges the response."""
    visits = tuple(
        visit.model_copy(update={"window": Window(days, days)})
        if visit.name == "Month 3" and days
        else visit
        for visit in plan.schedule.visits
    )
    schedule = plan.schedule.model_copy(update={"visits": visits})
    return plan.model_copy(update={"schedule": schedule})


@pytest.mark.parametrize("days", [0, 14])
def test_the_instrument_comes_to_the_verdict_that_was_drawn(seed_trial: Any, days: int) -> None:
    plan, rehearsal = seed_trial("udcar-sle")
    plan = with_window(plan, days=days)
    cases = infused(plan, rehearsal, n=70, response=0.5, apart=5)
    record = fold_events(events(cases, plan, rehearsal), about=About("S"))
    endpoint = plan.endpoints.secondary["sri4"]
    assert isinstance(endpoint, ResponderEndpoint)
    found = derive_responders(
        endpoint,
        visits=derive_lupus_visits(record, plan),
        adsl=derive_adsl(record, plan),
        protocol=plan,
        at=date(2031, 1, 1),
    )
    judged = {
        row["USUBJID"]: row for row in found.iter_rows(named=True) if row["VISIT"] == "Month 3"
    }
    assert {row["STATUS"] for row in judged.values()} == {"assessed"}
    for case in cases:
        assert case.lupus is not None
        row = judged[case.identifier]
        assert row["AVALC"] == ("Y" if case.lupus.responds else "N"), row
    assert 15 < sum(case.lupus.responds for case in cases if case.lupus) < 55


def test_full_remission_is_remission(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("udcar-sle")
    truth = rehearsal.lupus.model_copy(
        update={"remission": 1.0, "serology_lags": 0.0, "lost_a_year": 0.0}
    )
    rehearsal = rehearsal.model_copy(update={"lupus": truth})
    cases = infused(plan, rehearsal, n=20, response=1.0)
    record = fold_events(events(cases, plan, rehearsal), about=About("S"))
    for name in ("doris", "doris_drug_free", "lldas"):
        found = derive_responders(
            plan.endpoints.secondary[name],
            visits=derive_lupus_visits(record, plan),
            adsl=derive_adsl(record, plan),
            protocol=plan,
            at=date(2031, 1, 1),
        )
        late = found.filter(found["VISIT"].is_in(["Month 6", "Month 9", "Month 12", "all"]))
        assert late["AVALC"].to_list() == ["Y"] * late.height, name


def test_a_response_may_be_lost_and_is_not_lost_before_it_was_judged(seed_trial: Any) -> None:
    _, rehearsal = seed_trial("udcar-sle")
    truth = rehearsal.lupus.model_copy(update={"lost_a_year": 0.5})
    rng, n = np.random.default_rng(3), 2000
    courses = [
        sample_lupus_course(
            sample_participant(number, rehearsal, rng=rng), truth, response=1.0, judged=(88, 95)
        )
        for number in range(n)
    ]
    assert min(course.lost for course in courses) > 95
    within = np.mean([course.lost < 96 + 365.25 for course in courses])
    assert abs(within - 0.5) < Z * np.sqrt(0.25 / n)
    one = courses[0]
    assert one.at(one.lost) == one.before
    certain = truth.model_copy(update={"lost_a_year": 1.0})
    course = sample_lupus_course(
        sample_participant(1, rehearsal, rng=rng), certain, response=1.0, judged=(88, 95)
    )
    assert np.isfinite(course.lost)


def test_baseline_is_active_enough_to_be_admitted(seed_trial: Any) -> None:
    _, rehearsal = seed_trial("udcar-sle")
    rng = np.random.default_rng(8)
    for number in range(50):
        person = sample_participant(number, rehearsal, rng=rng)
        truth = rehearsal.lupus
        course = sample_lupus_course(person, truth, response=0.5, judged=(88, 95))
        assert course.before.items
        assert truth.pga.low <= course.before.pga <= truth.pga.high
        assert course.before.prednisolone % 2.5 == 0
        assert any(letter in "AB" for letter in course.before.bilag.values())


def test_a_baseline_that_nobody_reaches_is_said() -> None:
    spread = Spread(mean=1, sd=0.1, low=0, high=3)
    truth = Lupus(
        items={"seizure": 1e-9},
        least_sledai=8,
        pga=spread,
        prednisolone=spread,
        remission=0.5,
        serology_lags=0.5,
        lost_a_year=0.0,
    )
    person = sample_participant(1, _plain(), rng=np.random.default_rng(1))
    with pytest.raises(ProtocolError, match="has a SELENA-SLEDAI of 8 or more; raise the shares"):
        sample_lupus_course(person, truth, response=0.5, judged=(88, 95))


def _plain() -> Rehearsal:
    years: Any = {"mean": 40, "sd": 10, "low": 18, "high": 75}
    return Rehearsal.model_validate(
        {
            "protocyte": 1,
            "accrual": {"per_month": 2, "screening": "7 days"},
            "patients": {"age": years, "weight": years, "female": 0.5},
            "kinetics": {"lower_limit": 50},
            "scenarios": [{"name": "x", "toxicity": [0.1], "response": [0.5]}],
        }
    )


@pytest.mark.parametrize(
    ("items", "least", "said"),
    [
        ({"arthritis": 1.0, "stiffness": 1.0}, 4, '"stiffness" is not a SLEDAI item; use one of'),
        ({"arthritis": 1.0, "rash": 0.0}, 5, "make a SELENA-SLEDAI of at most 4, below the 5"),
    ],
)
def test_a_lupus_that_cannot_be_drawn_is_a_defect(
    items: dict[str, float], least: int, said: str
) -> None:
    spread = {"mean": 1, "sd": 0.1, "low": 0, "high": 3}
    with pytest.raises(ValueError, match=said):
        Lupus.model_validate(
            {
                "items": items,
                "least_sledai": least,
                "pga": spread,
                "prednisolone": spread,
                "remission": 0.5,
                "serology_lags": 0.5,
                "lost_a_year": 0.0,
            }
        )


def test_a_spread_that_leaves_no_room_is_said() -> None:
    narrow = Spread(mean=0, sd=100, low=0, high=1e-6)
    with pytest.raises(ProtocolError, match="widen the ends"):
        sample_spread(narrow, rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="the mean 5 does not lie between 0 and 3"):
        Spread(mean=5, sd=1, low=0, high=3)
