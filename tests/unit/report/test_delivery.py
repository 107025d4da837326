"""Products that fall short: from the words of protocol and rehearsal to the page."""

from typing import Any

import numpy as np
import pytest

from protocyte.design.catalogue.delivery import find_delivery
from protocyte.design.exact.delivered import find_delivered_characteristics
from protocyte.design.plan import find_dose_design
from protocyte.design.programme import find_programme, find_scenarios
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.rehearsal import parse_rehearsal
from protocyte.report.delivery import render_delivery
from protocyte.report.document import Paragraph, Table

SHORT = """delivery:
  received: [[1, 0, 0], [0.1, 0.9, 0], [0.1, 0.2, 0.7]]
  infused: [0.95, 0.95, 0.9]
"""


def _both(received: str, *, memory: float = 4.0) -> Any:
    plan = parse_protocol(amend_example(f"dosing: {{received: {received}}}")).plan
    assert plan is not None
    truths = parse_rehearsal(REHEARSAL + SHORT, protocol=plan).plan
    assert truths is not None
    return plan, truths, find_programme(plan, truths, memory=memory)


@pytest.mark.parametrize("counted", ["received", "assigned", "excluded"])
def test_the_words_reach_the_walk(counted: str) -> None:
    plan, truths, programme = _both(f"{{counted: {counted}, replaced: nobody}}")
    delivery, design = find_delivery(plan, truths), find_dose_design(plan)
    assert delivery is not None
    assert design is not None
    assert (delivery.counted, delivery.replaced) == (counted, "nobody")
    alone = find_delivered_characteristics(design, find_scenarios(truths), delivery)
    assert np.array_equal(programme.delivered.selection, alone.selection)
    assert not np.allclose(programme.delivered.selection, programme.dose.selection)


def test_tolerated_and_feasible_moves_down() -> None:
    _, _, programme = _both("{feasible_from: 0.7}")
    # Received as assigned: 0.95, 0.855, 0.63; the third level is not feasible.
    selected = programme.delivered.selection
    assert programme.feasible[:, 2].tolist() == [0.0] * len(selected)
    assert programme.feasible[:, 1] == pytest.approx(selected[:, 1] + selected[:, 2])


def test_the_page_says_what_was_assumed_and_what_it_costs() -> None:
    plan, truths, programme = _both("{feasible_from: 0.7}")
    assumed, found = render_delivery(programme, plan.dosing, truths)
    assert isinstance(assumed, Table)
    assert isinstance(found, Table)
    assert len(assumed.rows) == 3
    assert found.columns[-4:] == ("Enrolled", "Apheresed", "Infused", "Evaluable")
    assert len(found.rows) == 2 * len(truths.scenarios)
    assert "70" in found.footnotes[1]


def test_too_large_a_walk_is_told() -> None:
    plan, truths, programme = _both("{counted: received}")
    small = type(programme)(programme.dose, (), undelivered="too large.")
    (told,) = render_delivery(small, plan.dosing, truths)
    assert isinstance(told, Paragraph)
    assert "too large" in told.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delivery: {received: [[1, 0], [0, 1]], infused: [1, 1]}", "describes [2] levels"),
        (
            "delivery: {received: [[1, 0, 0], [0, 0.5, 0], [0, 0, 1]], infused: [1, 1, 1]}",
            "add up to 0.5 at assigned level 2",
        ),
    ],
)
def test_rows_that_do_not_fit_are_findings(text: str, said: str) -> None:
    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    found = parse_rehearsal(f"{REHEARSAL}{text}\n", protocol=plan).findings
    assert [said in finding.message for finding in found] == [True]
