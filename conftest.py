"""What the examples in docstrings may take for granted."""

from datetime import datetime
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _names_in_examples(request: pytest.FixtureRequest, doctest_namespace: dict[str, Any]) -> None:
    """Give examples of reports a small trial: `example_data` and `example_results`."""
    if "report" not in request.node.nodeid or "doctest" not in type(request.node).__name__.lower():
        return
    doctest_namespace.update(request.getfixturevalue("example_trial"))


@pytest.fixture(scope="session")
def example_trial() -> dict[str, Any]:
    """Analysis data and estimates of the example protocol with two infused participants."""
    from protocyte.analysis.endpoint import estimate_endpoints
    from protocyte.derivation import derive_analysis_data
    from protocyte.protocol.checks.example import EXAMPLE
    from protocyte.protocol.parse import parse_protocol
    from protocyte.record import About, fold_events
    from protocyte.record.event import AdverseEventSeen, Consented, Measured, Treated

    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    events = []
    for number, name in enumerate(("P1", "P2"), start=1):
        told: Any = {
            "participant": name,
            "by": "site",
            "recorded": datetime.fromisoformat(f"2026-03-0{number}"),
        }
        events += [
            Consented(happened="2026-03-01", age=40.0 + number, sex="F", **told),
            Treated(
                happened="2026-03-10", treatment="cells", category="CELL INFUSION", level=1, **told
            ),
            AdverseEventSeen(
                happened="2026-03-12",
                identifier="1",
                term="Cytokine release syndrome",
                system="Immune system disorders",
                grade=number,
                until="2026-03-15",
                related=True,
                **told,
            ),
            Measured(
                happened="2026-03-20",
                domain="PC",
                test="CARTG",
                name="CAR transgene",
                number=900.0,
                unit="copies/ug",
                visit="Day 7",
                **told,
            ),
            Measured(
                happened="2026-04-07",
                domain="RS",
                test="OVRLRESP",
                name="Overall response",
                text="CR",
                visit="Day 28",
                **told,
            ),
        ]
    record = fold_events(events, about=About("DEMO", "rehearsal"))
    data = derive_analysis_data(record, plan)
    return {"example_data": data, "example_results": estimate_endpoints(data)}
