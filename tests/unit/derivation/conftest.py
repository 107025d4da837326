"""How tests of derivations get their data: the example protocol with a patch, and events."""

import functools
from collections.abc import Callable, Iterable
from datetime import date

import pytest

from protocyte.derivation import AnalysisData, derive_analysis_data
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.record import About, Event, fold_events

Plan = Callable[[str], Protocol]
Derive = Callable[..., AnalysisData]


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The example protocol with a patch laid over it."""

    @functools.cache
    def _plan(patch: str) -> Protocol:
        parsed = parse_protocol(amend_example(patch))
        assert parsed.plan is not None
        assert parsed.is_sound, [str(finding) for finding in parsed.findings]
        return parsed.plan

    return _plan


@pytest.fixture
def derive(plan: Plan) -> Derive:
    """Analysis data of events under the example protocol with a patch."""

    def _derive(
        events: Iterable[Event], *, patch: str = "{}", at: str | None = None
    ) -> AnalysisData:
        record = fold_events(events, about=About("S"))
        return derive_analysis_data(
            record, plan(patch), at=None if at is None else date.fromisoformat(at)
        )

    return _derive
