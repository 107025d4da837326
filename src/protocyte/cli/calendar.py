"""`protocyte simulate --calendar`: how long dose finding takes, and what it uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from protocyte.cli.talk import print_talk, progress
from protocyte.design.candidate import Candidate, find_candidates
from protocyte.design.comparison import find_yardstick
from protocyte.design.programme import find_scenarios
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.calendar import render_calendar
from protocyte.report.document import Section
from protocyte.simulation.calendar import Calendar
from protocyte.simulation.comparison import simulate_calendars


@final
@dataclass(frozen=True, slots=True)
class InTime:
    """What designs take in calendar time: as a part of a page, and as plain data."""

    section: Section
    data: dict[str, Any]


def in_time(
    plan: Protocol,
    rehearsal: Rehearsal,
    candidates: Sequence[Candidate] | None = None,
    *,
    target: float | None = None,
    trials: int,
    seed: int,
) -> InTime:
    """Run designs in calendar time; the protocol's own if none are named."""
    calendar = Calendar.from_protocol(plan, rehearsal)
    truths = find_scenarios(rehearsal)
    designs = find_candidates(plan, ()) if candidates is None else candidates
    with progress("designs in calendar time", len(designs)) as bar:
        found, left_out = simulate_calendars(
            designs,
            truths,
            calendar,
            target=target,
            trials=trials,
            progress=bar.at,
            rng=np.random.default_rng(seed),
        )
    for name, why in left_out.items():
        print_talk(f"not run in calendar time: {name}: {why}")
    conventions = calendar.as_dict()
    data = {
        "conventions": conventions,
        "designs": [{"design": name, **one.as_dict()} for name, one in found.items()],
        "left_out": [{"design": name, "why": why} for name, why in left_out.items()],
    }
    best = find_yardstick(designs, truths, target=target).best
    section = render_calendar(found, conventions=conventions, best=best, left_out=left_out)
    return InTime(section, data)
