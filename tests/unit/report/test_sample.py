"""Single arms and stopping boundaries on the page."""

import pytest

from protocyte.design.plan import find_monitors, find_sample_design
from protocyte.design.single_arm.staged import StagedArm
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.report.citation import render_citations
from protocyte.report.document import Paragraph, Table
from protocyte.report.monitoring import render_monitoring
from protocyte.report.sample import render_sample
from protocyte.report.synopsis import render_synopsis


def example(patch: str) -> Protocol:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    return plan


def sample(settings: str) -> Protocol:
    return example(f"statistics: {{sample: {{{settings}}}}}")


def test_limits_and_exact_rates_are_printed() -> None:
    plan = sample("BOP2-FE: {endpoint: orr, p0: 0.2, p1: 0.4, alpha: 0.1, looks: [10, 20, 30, 40]}")
    design = find_sample_design(plan)
    assert isinstance(design, StagedArm)
    told, limits, rates = render_sample(plan)
    assert isinstance(told, Paragraph)
    assert told.text.startswith("BOP2-FE on `orr`: at most 40 participants")
    assert isinstance(limits, Table)
    low, high = design.boundary.low, design.boundary.high
    assert [row.cells for row in limits.rows] == [
        (str(n), f"≤ {low[k]}", f"≥ {high[k]}") for k, n in enumerate((10, 20, 30, 40))
    ]
    assert isinstance(rates, Paragraph)
    assert f"type I error {100 * design.rejection(0.2):.2f}" in rates.text
    assert f"power {100 * design.rejection(0.4):.1f}" in rates.text


def test_fleming_is_told_as_a_protocol_would() -> None:
    plan = sample("Fleming: {endpoint: orr, p0: 0.1, p1: 0.3, alpha: 0.05, power: 0.8}")
    told, rates = render_sample(plan)
    assert isinstance(told, Paragraph)
    # PhIIdesign 0.2.0: 1 and 5 of 10, 5 of 29.
    assert "treat 10; with 1 responses or fewer" in told.text
    assert "with 5 or more, stop for efficacy. Otherwise treat 29 in all" in told.text
    assert isinstance(rates, Paragraph)


def test_two_endpoints_show_what_one_good_endpoint_brings() -> None:
    plan = sample(
        "BOP2 with toxicity: {endpoint: orr, p0: 0.2, p1: 0.4, unacceptable: 0.4, acceptable: 0.2, "
        "looks: [10, 20], alpha: 0.1}"
    )
    told, limits, rates = render_sample(plan)
    assert isinstance(told, Paragraph)
    assert isinstance(limits, Table)
    assert [row.cells for row in limits.rows] == [("10", "≤ 1", "≥ 5"), ("20", "≤ 5", "≥ 8")]
    assert isinstance(rates, Table)
    success = [float(row.cells[3].split()[0]) for row in rates.rows]
    assert success[0] == max(success)
    assert success[3] == min(success) <= 10


def test_what_stops_nothing_is_a_dash() -> None:
    plan = sample("Bayesian single arm: {endpoint: orr, p0: 0.2, looks: [10, 20], certainty: 0.95}")
    _, limits, rates = render_sample(plan)
    assert isinstance(limits, Table)
    assert limits.rows[0].cells == ("10", "–", "–")
    assert isinstance(rates, Paragraph)
    assert "power" not in rates.text


def test_awaited_responses_have_a_table() -> None:
    plan = sample(
        "TOP: {endpoint: orr, p0: 0.2, p1: 0.4, alpha: 0.1, looks: [10, 20, 30, 40], "
        "window: 90 days}"
    )
    awaited = render_sample(plan)[2]
    assert isinstance(awaited, Table)
    # Lin 2020, table 4.
    assert ("20", "3", "≥ 10", "> 15.09") in [row.cells for row in awaited.rows]


def test_boundaries_are_printed_with_what_they_do() -> None:
    plan = example(
        "safety: {monitoring: {deaths: {of: death, until: 30 days, participants: 12, then: pause, "
        "first: 3, rule: {Pocock: {acceptable: 0.1, crossing: 0.1}}}}}"
    )
    told, counts, outlook = render_monitoring(plan)
    assert isinstance(told, Paragraph)
    assert "death within 30 days of the infusion in up to 12 participants (Pocock)" in told.text
    assert "pauses until a committee has decided" in told.text
    assert isinstance(counts, Table)
    assert isinstance(outlook, Table)
    monitor = find_monitors(plan)["deaths"]
    expected = monitor.outlook([0.3])
    cells = next(row.cells for row in outlook.rows if row.cells[0].startswith("30"))
    assert cells[1].startswith(f"{100 * expected.stopped[0]:.1f}")
    assert cells[3] == f"{expected.expected[0]:.1f}"
    # Spans of looks with one count cover every look once.
    covered = []
    for row in counts.rows:
        first, _, last = row.cells[0].partition(" to ")
        covered += [(n, int(row.cells[1])) for n in range(int(first), int(last or first) + 1)]
    assert tuple(covered) == monitor.rule.rows()
    document = render_synopsis(plan, origin=())
    safety = next(section for section in document.sections if section.title == "Safety")
    assert counts in safety.blocks
    assert any(name == "stopping boundary: deaths" for name, _ in render_citations(plan, None))


@pytest.mark.parametrize("settings", ["death", "dose-limiting toxicity", "CRS >= 4"])
def test_events_are_named_as_written(settings: str) -> None:
    plan = example(
        f"safety: {{monitoring: {{watched: {{of: {settings}, participants: 12, "
        "rule: {table: [{among: 6, stop_from: 2}]}}}}"
    )
    told = render_monitoring(plan)[0]
    assert isinstance(told, Paragraph)
    assert told.text.startswith(f"`watched` watches {settings} in up to 12")
