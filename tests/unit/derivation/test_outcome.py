"""From analysis data to what a design reads: cohort after cohort, of those who can be counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from protocyte.derivation import Observed, derive_outcomes
from protocyte.design.plan import find_dose_design
from protocyte.errors import ProtocolError, RecordError
from protocyte.record import Event
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    LeftTrial,
    Measured,
    Treated,
)

TOLD: dict[str, Any] = {"by": "site", "recorded": datetime(2028, 1, 1, tzinfo=UTC)}
START = date(2026, 3, 1)


def person(
    name: str,
    level: int | None,
    *,
    day: int,
    cohort: int | None = None,
    toxic: bool = False,
    left: bool = False,
    response: tuple[int, str] | None = None,
) -> list[Event]:
    """A participant infused on a day of the trial, perhaps with a toxicity on the third day."""
    told = TOLD | {"participant": name}
    infused = START + timedelta(days=day)

    def on(days: int) -> str:
        return (infused + timedelta(days=days)).isoformat()

    events: list[Event] = [
        Consented(happened=on(-20), **told),
        Treated(
            happened=on(0),
            treatment="cells",
            category="CELL INFUSION",
            level=level,
            cohort=cohort,
            **told,
        ),
    ]
    if toxic:
        events.append(
            AdverseEventSeen(
                happened=on(3),
                identifier="1",
                term="Cytokine release syndrome",
                grade=3,
                until=on(5),
                **told,
            )
        )
    if left:
        events.append(LeftTrial(happened=on(10), reason="LOST TO FOLLOW-UP", **told))
    if response:
        events.append(
            Measured(
                happened=on(response[0]),
                domain="RS",
                test="OVRLRESP",
                name="Overall response",
                text=response[1],
                **told,
            )
        )
    return events


def observed(derive: Any, *people: list[Event], at: int = 1000, patch: str = "{}") -> Observed:
    events = [event for one in people for event in one]
    day = (START + timedelta(days=at)).isoformat()
    return derive_outcomes(derive(events, at=day, patch=patch))


def test_cohorts_stand_in_the_order_of_treatment(derive: Any) -> None:
    found = observed(
        derive,
        person("A", 2, day=40, cohort=2),
        person("B", 1, day=0, cohort=1),
        person("C", 1, day=14, cohort=1, toxic=True),
        person("D", 2, day=54, cohort=2, toxic=True),
        person("E", 1, day=100, cohort=3),
    )
    assert found.notation == "1NT 2NT 1N"
    assert found.outcomes.n == (3, 2, 0)
    assert found.outcomes.tox == (1, 1, 0)
    assert found.outcomes.dose == 1


def test_without_cohorts_those_treated_one_after_the_other_at_a_level_are_one(derive: Any) -> None:
    found = observed(
        derive,
        person("A", 1, day=0),
        person("B", 1, day=10),
        person("C", 2, day=20, toxic=True),
        person("D", 2, day=30, toxic=True),
        person("E", 1, day=60),
    )
    # Who was treated last decides where the trial stands.
    assert found.notation == "1NN 2TT 1N"
    assert found.outcomes.dose == 1


def test_those_who_cannot_be_counted_are_told_and_not_counted(derive: Any) -> None:
    found = observed(
        derive,
        person("A", 1, day=0, cohort=1),
        person("B", 1, day=14, cohort=1, left=True),
        person("C", 1, day=28, cohort=1),
        person("D", None, day=0, cohort=1),
        at=50,
    )
    status = dict(found.participants.select("USUBJID", "STATUS").rows())
    assert status == {
        "A": "evaluable",
        "B": "not evaluable",
        "C": "pending",
        "D": "no dose level recorded",
    }
    assert found.notation == "1N"
    assert found.pending == 1


def test_those_treated_after_dose_finding_do_not_count(derive: Any) -> None:
    found = observed(
        derive,
        person("A", 1, day=0, cohort=1),
        person("B", 3, day=100, toxic=True),
    )
    assert found.notation == "1N"
    assert found.participants["STATUS"].to_list() == ["evaluable", "not in dose finding"]


def test_nobody_yet(derive: Any) -> None:
    found = observed(derive, [Consented(happened="2026-03-01", participant="A", **TOLD)])
    assert (found.notation, found.outcomes.total, found.pending) == ("", 0, 0)


def test_a_level_that_the_protocol_does_not_have(derive: Any) -> None:
    with pytest.raises(RecordError, match=r"A was treated at dose level 4 \(EXLEVEL\), and the"):
        observed(derive, person("A", 4, day=0, cohort=1))


def test_a_protocol_without_a_definition(derive: Any) -> None:
    patch = "{dosing: {dlt: null}, endpoints: {primary: {dlt: null}}}"
    with pytest.raises(ProtocolError, match="does not define dose-limiting toxicity"):
        observed(derive, person("A", 1, day=0), patch=patch)


# ── methods that weigh benefit ───────────────────────────────────────────────
BENEFIT = """
dosing:
  finds: optimal biological dose
  efficacy: {endpoint: orr}
  method: {BOIN: null, BOIN12: {toxicity_limit: 0.35, efficacy_floor: 0.25}}
"""


@pytest.mark.parametrize(
    ("toxic", "category", "letter"),
    [(False, "NR", "N"), (True, "NR", "T"), (False, "CR", "E"), (True, "CRi", "B")],
)
def test_letters(derive: Any, toxic: bool, category: str, letter: str) -> None:
    one = person("A", 2, day=0, cohort=1, toxic=toxic, response=(28, category))
    found = observed(derive, one, patch=BENEFIT)
    assert found.notation == f"2{letter}"
    assert found.outcomes.eff == (0, int(category != "NR"), 0)
    assert found.outcomes.both == (0, int(letter == "B"), 0)


@pytest.mark.parametrize(
    ("response", "at", "status", "notation"),
    [
        # The window of response is 3 months: 1 March to 1 June is 92 days.
        ((28, "NR"), 91, "pending", ""),
        ((28, "NR"), 92, "evaluable", "1N"),
        ((28, "CR"), 40, "evaluable", "1E"),
        ((60, "CR"), 59, "pending", ""),
        ((60, "CR"), 60, "evaluable", "1E"),
        (None, 91, "pending", ""),
        (None, 92, "evaluable", "1N"),
    ],
)
def test_who_has_not_responded_may_still_do_so(
    derive: Any, response: tuple[int, str] | None, at: int, status: str, notation: str
) -> None:
    one = person("A", 1, day=0, cohort=1, response=response)
    found = observed(derive, one, at=at, patch=BENEFIT)
    assert found.participants["STATUS"].to_list() == [status]
    assert found.notation == notation


def test_whoever_has_left_will_not_respond(derive: Any) -> None:
    left = LeftTrial(participant="A", happened="2026-04-15", reason="LOST TO FOLLOW-UP", **TOLD)
    one = [*person("A", 1, day=0, cohort=1), left]
    assert observed(derive, one, at=60, patch=BENEFIT).notation == "1N"


STATES = """
endpoints:
  secondary:
    orr: {measure: responder, criteria: null, responders: null, until: null,
          instrument: DORIS, at: [Day 28, Month 3]}
schedule:
  visits:
    - {name: Day 28, day: 28, does: [SLEDAI, PGA, medication]}
    - {name: Month 3, after: 3 months, window: 7 days, does: [SLEDAI, PGA, medication]}
dosing:
  finds: optimal biological dose
  efficacy: {endpoint: orr%s}
  method: {BOIN: null, BOIN12: {toxicity_limit: 0.35, efficacy_floor: 0.25}}
"""


@pytest.mark.parametrize(
    ("judged", "at", "status"),
    [
        ("", 27, "pending"),
        # Of several visits the first one decides.
        ("", 28, "evaluable"),
        (", at: Month 3", 98, "pending"),
        (", at: Month 3", 99, "evaluable"),
    ],
)
def test_a_state_is_awaited_until_its_visit_is_due(
    derive: Any, judged: str, at: int, status: str
) -> None:
    found = observed(derive, person("A", 1, day=0, cohort=1), at=at, patch=STATES % judged)
    assert found.participants["STATUS"].to_list() == [status]


def test_a_state_that_is_missing_and_excluded_is_not_awaited(derive: Any) -> None:
    patch = (STATES % "").replace("at: [Day 28", "missing: excluded, at: [Day 28")
    found = observed(derive, person("A", 1, day=0, cohort=1), at=28, patch=patch)
    assert found.participants["STATUS"].to_list() == ["not evaluable"]


def test_a_response_that_is_no_response(derive: Any) -> None:
    with pytest.raises(ProtocolError, match='"os" is not a response rate or responder endpoint'):
        observed(
            derive,
            person("A", 1, day=0),
            patch=BENEFIT.replace("endpoint: orr", "endpoint: os"),
        )
    with pytest.raises(ProtocolError, match="does not say what a response is"):
        observed(
            derive,
            person("A", 1, day=0),
            patch=BENEFIT.replace("efficacy: {endpoint: orr}", "efficacy: null"),
        )


def test_the_design_reads_what_was_counted(derive: Any, plan: Any) -> None:
    people = [person(name, 1, day=14 * n, cohort=1) for n, name in enumerate("ABC")]
    design = find_dose_design(plan("{}"))
    assert design is not None
    decision = design.decide(observed(derive, *people).outcomes)
    assert (decision.action, decision.dose, decision.size) == ("escalate", 2, 3)
