"""What trials take in calendar time: how long, how many infusions, who waits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from protocyte.design import Characteristics
from protocyte.report.document import Block, Paragraph, Row, Section, Table
from protocyte.report.word import render_number, render_percent

_MONTH: Final = 365.25 / 12
_HEADS: Final = (
    "Design",
    "Months",
    "SD",
    "Waiting [d]",
    "No place [d]",
    "Nobody there [d]",
    "Enrolled",
    "Infusions",
    "Refused",
    "Lost",
    "Right",
)


def render_calendar(
    found: Mapping[str, Characteristics],
    *,
    conventions: Mapping[str, Any],
    best: Sequence[int | None] = (),
    left_out: Mapping[str, str] | None = None,
) -> Section:
    """Show what designs take in calendar time in each scenario.

    Parameters
    ----------
    found : mapping of str to Characteristics
        By the name of the design, from simulated trials in calendar time.
    conventions : mapping of str to object
        What the calendar assumes.
    best : sequence of int or None
        Dose level that every design should find in each scenario; 0 if none, None if unknown.
    left_out : mapping of str to str, optional
        Designs that could not be run in time, with the reason.

    Returns
    -------
    Section
        Tables of durations and of the conventions behind them.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design import BOIN, Scenario
    >>> from protocyte.simulation.calendar import Calendar
    >>> from protocyte.simulation.calendar_characteristics import simulate_calendar
    >>> calendar = Calendar(gap=10, window=28, stagger=(14,))
    >>> one = simulate_calendar(
    ...     BOIN(target=0.3, n_doses=3, cohorts=4), [Scenario((0.1, 0.3, 0.5), name="a")],
    ...     calendar, trials=200, rng=np.random.default_rng(1))
    >>> render_calendar({"BOIN": one}, conventions=calendar.as_dict()).title
    'In calendar time'
    """
    if not found:
        reasons = "; ".join(f"{name}: {why}" for name, why in (left_out or {}).items())
        return Section("In calendar time", (Paragraph(f"No design was run. {reasons}"),))
    first = next(iter(found.values()))
    blocks: list[Block] = [
        Paragraph(
            f"Simulated: {first.trials:,} trials a scenario, the same virtual patients for every "
            "design and scenario. Means, with ± the Monte Carlo standard error of the duration. "
            "Programs differ in the conventions of time; those used here stand below."
        ),
        Table(
            "How long dose finding takes, and what it uses",
            _HEADS,
            tuple(_rows(found, best or (None,) * len(first.scenarios))),
            align="l" + "r" * (len(_HEADS) - 1),
            footnotes=(
                "Months: from the first arrival to the end of the trial. SD: between trials.",
                "Waiting: from asking for a place to enrolment, a participant.",
                "No place: days on which nobody could be enrolled.",
                "Nobody there: days on which a place was free.",
                "Right: probability of selecting what should be found.",
            ),
        ),
        Table(
            "Conventions of time",
            ("What", "Value"),
            tuple(
                Row((name.replace("_", " "), _written(value)))
                for name, value in conventions.items()
                if value not in (None, (), [])
            ),
            footnotes=("Times in days.",),
            folded=True,
        ),
    ]
    if left_out:
        rows = tuple(Row((name, why)) for name, why in left_out.items())
        blocks.append(Table("Not run in calendar time", ("Design", "Because"), rows))
    return Section("In calendar time", tuple(blocks))


def _rows(found: Mapping[str, Characteristics], best: Sequence[int | None]) -> Iterator[Row]:
    first = next(iter(found.values()))
    for s, truth in enumerate(first.scenarios):
        yield Row((truth.name, *("",) * (len(_HEADS) - 1)), "group")
        for name, one in found.items():
            yield Row((name, *_cells(one, s, best[s])))


def _cells(one: Characteristics, s: int, level: int | None) -> Iterator[str]:
    means, errors = one.calendar, one.errors
    months = float(means["duration"][s]) / _MONTH
    yield f"{months:.1f} ± {render_number(float(errors['duration'][s]) / _MONTH, digits=1)}"
    yield f"{float(means['duration_sd'][s]) / _MONTH:.1f}"
    for name in ("waiting", "closed", "idle", "enrolled", "infusions", "refused", "lost"):
        yield render_number(float(means[name][s]))
    if level is None:
        yield "–"
    else:
        right = one.selection[s, level - 1] if level else one.none[s]
        yield render_percent(float(right), digits=0)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(_written(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_written(one)}" for key, one in value.items() if one is not None)
    return str(value)
