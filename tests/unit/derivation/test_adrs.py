"""Best response in a window, over those who count."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from protocyte.record import Event
from protocyte.record.event import Consented, Enrolled, Measured, Treated

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 9, 1, tzinfo=UTC),
}
INFUSED = Treated(happened="2026-03-01", treatment="cells", category="CELL INFUSION", **P)
START = (
    Consented(happened="2026-02-01", **P),
    Enrolled(happened="2026-02-10", **P),
)


def judged(on: str, category: str, *, by: str | None = None, **more: Any) -> Measured:
    told = P | more
    return Measured(
        happened=on,
        domain="RS",
        test="OVRLRESP",
        name="Overall response",
        text=category,
        more={"RSEVAL": by},
        **told,
    )


def best(
    derive: Any, *events: Event, infused: bool = True, **endpoint: Any
) -> list[tuple[Any, ...]]:
    settings = {"until": "60 days"} | endpoint
    written = ", ".join(f"{key}: {value}" for key, value in settings.items())
    patch = f"endpoints: {{secondary: {{orr: {{{written}}}}}}}"
    treated = [INFUSED] if infused else []
    data = derive([*START, *treated, *events], patch=patch)
    rows: list[tuple[Any, ...]] = data.best["orr"].select("AVALC", "RSPFL", "ADT").rows()
    return rows


@pytest.mark.parametrize(
    ("assessments", "category", "flag", "on"),
    [
        ([("2026-03-29", "CR")], "CR", "Y", date(2026, 3, 29)),
        # The best is taken at its first date, however the order of recording.
        ([("2026-04-20", "CR"), ("2026-03-29", "CRi"), ("2026-04-27", "CR")], "CR", "Y", None),
        ([("2026-03-29", "NR"), ("2026-04-25", "PD")], "NR", "N", date(2026, 3, 29)),
        # PR is no response by the example's CR, CRi.
        ([("2026-03-29", "PR")], "PR", "N", date(2026, 3, 29)),
        ([("2026-03-29", "MLFS"), ("2026-04-20", "CRi")], "CRi", "Y", date(2026, 4, 20)),
        # Day 60 is 30 April.
        ([("2026-04-30", "CR")], "CR", "Y", date(2026, 4, 30)),
        ([("2026-05-01", "CR")], "NE", "N", None),
        ([("2026-02-28", "CR"), ("2026-03-29", "NR")], "NR", "N", date(2026, 3, 29)),
        ([("2026-03-29", "NE")], "NE", "N", None),
        ([("2026-03-29", "NE"), ("2026-04-20", "CR")], "CR", "Y", date(2026, 4, 20)),
        ([], "NE", "N", None),
        ([("2026-03", "CR")], "NE", "N", None),
        ([("2026-03-29", "Complete remission")], "Complete remission", "N", None),
    ],
)
def test_best_response(
    derive: Any, assessments: list[tuple[str, str]], category: str, flag: str, on: date | None
) -> None:
    (found,) = best(derive, *(judged(*one) for one in assessments))
    assert found[:2] == (category, flag)
    assert on is None or found[2] == on


@pytest.mark.parametrize(
    ("denominator", "infused", "assessed", "counted"),
    [
        ("infused", True, False, 1),
        ("infused", False, False, 0),
        ("enrolled", False, False, 1),
        ("evaluable", True, False, 0),
        ("evaluable", True, True, 1),
    ],
)
def test_who_is_counted(
    derive: Any, denominator: str, infused: bool, assessed: bool, counted: int
) -> None:
    events = [judged("2026-03-29", "CR" if assessed else "NE")]
    found = best(derive, *events, infused=infused, denominator=denominator)
    assert len(found) == counted


def test_without_a_window_all_of_follow_up_counts(derive: Any) -> None:
    (found,) = best(derive, judged("2027-02-01", "CR"), until="24 months")
    assert found[0] == "CR"


def test_the_assessor_of_the_endpoint_counts(derive: Any) -> None:
    local = judged("2026-03-29", "CR", by="INVESTIGATOR")
    central = judged("2026-03-29", "PR", by="INDEPENDENT ASSESSOR")
    assert best(derive, local, central)[0][0] == "CR"
    assert best(derive, local, central, assessed_by="independent committee")[0][0] == "PR"
    assert best(derive, central)[0][0] == "NE"
    assert best(derive, judged("2026-03-29", "CRi"))[0][0] == "CRi"


def test_rank_of_each_assessment(derive: Any) -> None:
    data = derive([*START, INFUSED, judged("2026-03-29", "CR"), judged("2026-04-20", "RELAPSE")])
    assert data.adrs.select("AVALC", "AVAL", "ADAYS").rows() == [("CR", 1, 28), ("RELAPSE", 9, 50)]
