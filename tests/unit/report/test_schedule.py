"""The schedule-of-activities grid, against the protocol file read by hand."""

from typing import Any

import pytest

from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.report.document import Table
from protocyte.report.schedule import render_schedule


def marks(table: Table) -> dict[str, list[str]]:
    """Row → the columns that are marked in it."""
    return {
        row.cells[0]: [
            column
            for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
            if cell == "×"
        ]
        for row in table.rows
    }


def test_a_protocol_that_infuses_on_day_one(seed_trial: Any) -> None:
    """WU-CART-007: the infusion is on Day 1, there is no Day 0, screening runs to Day -6."""
    plan, _ = seed_trial("wu-cart-007")
    table = render_schedule(plan)
    assert table.columns == (
        "",
        "Screening",
        "Day -6",
        "Days -5 to -3",
        "Day 1",
        "Day 4",
        "Day 8",
        "Day 11",
        "Day 15",
        "Day 22",
        "Day 29",
        "Month 2",
        "Month 3",
        "Month 6",
        "Month 9",
        "Month 12",
        "Month 24",
    )
    found = marks(table)
    assert found["consent and criteria"] == ["Screening"]
    assert found["lymphodepletion"] == ["Days -5 to -3"]
    assert found["infusion of cells"] == ["Day 1"]
    # Days 1 to 14, from the infusion on.
    assert found["in hospital"] == ["Day 1", "Day 4", "Day 8", "Day 11"]
    assert found["ECOG"] == ["Day -6"]
    assert found["cytokines"] == ["Day 4", "Day 8", "Day 11", "Day 15"]
    assert found["disease response"] == [
        "Day -6",
        "Day 29",
        "Month 2",
        "Month 3",
        "Month 6",
        "Month 9",
        "Month 12",
        "Month 24",
    ]
    assert found["survival"] == ["Month 6", "Month 9", "Month 12", "Month 24"]
    assert "near the site" not in found
    assert table.footnotes == (
        "Days are counted from the infusion, which is Day 1, without a Day 0.",
        "No visit windows are stated.",
        "In hospital: at least days 1 to 14.",
        (
            "Lymphodepletion: cyclophosphamide 500 mg/m2 on days -5 to -3, fludarabine 30 mg/m2 "
            "on days -5 to -3; rest on days -2 to -1."
        ),
    )


def test_a_protocol_with_leukapheresis(seed_trial: Any) -> None:
    """EX02: cells are collected 28 days before the infusion on Day 0."""
    plan, _ = seed_trial("ex02")
    table = render_schedule(plan)
    assert table.columns[:6] == (
        "",
        "Screening",
        "Leukapheresis",
        "Day -6",
        "Days -5 to -3",
        "Day 0",
    )
    found = marks(table)
    assert found["leukapheresis"] == ["Leukapheresis"]
    assert found["infusion of cells"] == ["Day 0"]
    assert found["ECOG"] == ["Day -6", "Day 28", "Month 2"]
    assert "in hospital" not in found
    assert "Days are counted from the infusion, which is Day 0." in table.footnotes


def test_days_near_the_site(seed_trial: Any) -> None:
    """UDCAR-SLE: in hospital for 7 days, near the site for 28."""
    plan, _ = seed_trial("udcar-sle")
    found = marks(render_schedule(plan))
    assert found["in hospital"] == ["Day 0", "Day 3", "Day 7"]
    assert found["near the site"] == ["Day 0", "Day 3", "Day 7", "Day 14", "Day 28"]
    assert found["lymphodepletion, if needed"] == ["Days -5 to -3"]


@pytest.mark.parametrize("name", ["ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007"])
def test_every_assessment_of_every_visit_is_marked_once(seed_trial: Any, name: str) -> None:
    plan, _ = seed_trial(name)
    found = marks(render_schedule(plan))
    planned = sum(len(set(visit.does)) for visit in plan.schedule.visits)
    activities = {"consent and criteria", "leukapheresis", "infusion of cells", "in hospital"}
    activities |= {"near the site", "lymphodepletion", "lymphodepletion, if needed"}
    assert sum(len(v) for k, v in found.items() if k not in activities) == planned


@pytest.mark.parametrize(
    ("window", "said"),
    [("2 days", "Day 14 ± 2 days"), ("-1..3 days", "Day 14 -1 to +3 days")],
)
def test_windows(window: str, said: str) -> None:
    patch = f"""
endpoints: {{secondary: null}}
schedule:
  visits:
    - {{name: Day 14, day: 14, window: {window}, does: [safety]}}
    - {{name: Month 3, after: 3 months, does: [safety]}}
"""
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    assert f"Windows: {said}." in render_schedule(plan).footnotes


def test_a_visit_on_the_day_of_the_infusion_shares_its_column() -> None:
    patch = """
endpoints: {secondary: null}
schedule:
  visits:
    - {name: Day 0, day: 0, does: [safety, vital signs]}
    - {name: Month 3, after: 3 months, does: [safety]}
"""
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    found = marks(render_schedule(plan))
    assert found["vital signs"] == ["Day 0"]
    assert found["infusion of cells"] == ["Day 0"]
